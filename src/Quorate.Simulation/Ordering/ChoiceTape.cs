namespace Quorate.Simulation.Ordering;

/// <summary>
/// The choices of one run, in their order, and the way to the next run: depth first through all that could have been chosen, up to a bound.
/// </summary>
/// <remarks>
/// Guarantee: with a deterministic world, every combination of the first <see cref="DepthMax"/> choices comes once.
/// Cost: a small entry a choice. Fails when: a run offers other choices than the one before it did at the same place: it is not
/// deterministic (<see cref="InvalidOperationException"/>). Source: Godefroid, "Model checking for programming languages using VeriSoft",
/// POPL 1997 (stateless search).
/// </remarks>
/// <param name="depthMax">How many choices are varied; behind them the first is taken. At least 0.</param>
/// <param name="window">
/// How far apart in time two events may be and still be taken in either order. Zero is those of one instant.
/// </param>
public sealed class ChoiceTape(int depthMax, TimeSpan window = default)
{
    private readonly List<(int Chosen, int Options)> tape = [];
    private int at;

    /// <summary>How many choices are varied.</summary>
    public int DepthMax { get; } = depthMax;

    /// <summary>How far apart in time two events may be and still be taken in either order.</summary>
    public TimeSpan Window { get; } = window;

    /// <summary>What was chosen so far.</summary>
    public IReadOnlyList<int> Choices => [.. tape.Select(t => t.Chosen)];

    /// <summary>A tape with these choices, for replaying one run.</summary>
    /// <param name="choices">The choices.</param>
    /// <param name="window">As when they were made.</param>
    public static ChoiceTape Of(IEnumerable<int> choices, TimeSpan window = default)
    {
        ArgumentNullException.ThrowIfNull(choices);
        var made = new ChoiceTape(0, window);
        made.tape.AddRange(choices.Select(c => (c, 0)));
        return made;
    }

    /// <summary>Back to the beginning, for another run.</summary>
    public void Rewind() => at = 0;

    /// <summary>Goes on to the choices of the next run; false where all have been tried.</summary>
    public bool TryAdvance()
    {
        while (tape.Count > 0)
        {
            var (chosen, options) = tape[^1];
            tape.RemoveAt(tape.Count - 1);
            if (chosen + 1 >= options)
                continue;
            tape.Add((chosen + 1, options));
            at = 0;
            return true;
        }
        return false;
    }

    /// <summary>Chooses among so many.</summary>
    internal int Choose(int options)
    {
        if (at < tape.Count)
        {
            var (chosen, before) = tape[at++];
            if (before != 0 && before != options)
                throw new InvalidOperationException(
                    $"choice {at} was one of {before} in the run before, and is one of {options} now: the world is not deterministic");
            return Math.Min(chosen, options - 1);
        }
        if (at >= DepthMax)
            return 0;
        tape.Add((0, options));
        at++;
        return 0;
    }
}
