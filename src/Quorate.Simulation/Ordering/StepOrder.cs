using System.Globalization;

namespace Quorate.Simulation.Ordering;

/// <summary>Which of several strands that have work goes next.</summary>
/// <remarks>
/// Guarantee: the order follows from the seed alone, or from the tape alone. Cost: a draw a step; with priorities, a look at each strand
/// that is ready. Fails when: a text is none of the forms of <see cref="Parse"/>.
/// Source: Burckhardt and others, "A randomized scheduler with probabilistic guarantees of finding bugs", ASPLOS 2010.
/// </remarks>
public sealed record StepOrder
{
    private const int ChangesMax = 1000;

    private StepOrder()
    {
    }

    /// <summary>Each time one is drawn evenly. The default.</summary>
    public static StepOrder Drawn { get; } = new();

    /// <summary>How many times the strand of the highest priority loses it.</summary>
    public int Changes { get; private init; }

    /// <summary>Over how many steps those changes are spread; 0 where there are no priorities.</summary>
    public long Steps { get; private init; }

    /// <summary>The tape that every choice is taken from, or null.</summary>
    public ChoiceTape? Tape { get; private init; }

    /// <summary>
    /// Each strand has a drawn priority and the highest goes first; at so many drawn steps the one that runs falls below all others. A bug
    /// that needs d orders to be just so shows with a probability of at least 1 / (n k^(d-1)), for n strands and k steps.
    /// </summary>
    /// <param name="changes">How often the highest loses its priority; a bug of depth d needs d - 1.</param>
    /// <param name="steps">About how many steps a run has.</param>
    public static StepOrder Priorities(int changes = 2, long steps = 100_000)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(changes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(changes, ChangesMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        return new StepOrder { Changes = changes, Steps = steps };
    }

    /// <summary>Every choice is taken from a tape, so that all orders of a small world can be tried one after another.</summary>
    /// <param name="tape">The tape; it is rewound when a world begins.</param>
    public static StepOrder Chosen(ChoiceTape tape)
    {
        ArgumentNullException.ThrowIfNull(tape);
        return new StepOrder { Tape = tape };
    }

    /// <summary>The order that a text names: <c>drawn</c>, <c>priorities 2 100000</c>, or <c>choices 0,1,0 00:00:00</c>, the last with its window.</summary>
    /// <param name="text">What <see cref="ToString"/> gave.</param>
    /// <exception cref="FormatException">It is none of these.</exception>
    public static StepOrder Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = text.Split(' ');
        if (words is ["drawn"])
            return Drawn;
        if (words is ["priorities", var changes, var steps] && TryWhole(changes, ChangesMax, out var c) && TryWhole(steps, int.MaxValue, out var s)
            && s > 0)
            return Priorities(c, s);
        if (words is ["choices", var list, var window] && TimeSpan.TryParseExact(window, "c", CultureInfo.InvariantCulture, out var within))
        {
            var choices = new List<int>();
            foreach (var item in list.Split(',', StringSplitOptions.RemoveEmptyEntries))
                choices.Add(TryWhole(item, int.MaxValue, out var choice) ? choice : throw Wrong(text));
            return Chosen(ChoiceTape.Of(choices, within));
        }
        throw Wrong(text);
    }

    /// <summary>As it is now: with a tape, the choices made so far.</summary>
    internal StepOrder Copy() => Tape is null ? this : Chosen(ChoiceTape.Of(Tape.Choices, Tape.Window));

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    public override string ToString() => Tape is not null ? $"choices {string.Join(',', Tape.Choices)} {Tape.Window:c}"
        : Steps > 0 ? string.Create(CultureInfo.InvariantCulture, $"priorities {Changes} {Steps}") : "drawn";

    private static bool TryWhole(string text, int max, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= max;

    private static FormatException Wrong(string text) =>
        new($"'{text}' is no order of steps: 'drawn', 'priorities CHANGES STEPS' or 'choices A,B,... WINDOW'.");
}
