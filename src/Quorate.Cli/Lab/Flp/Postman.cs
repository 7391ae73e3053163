using System.Globalization;
using Quorate.Cli.Lab.Messaging;
using Quorate.Kernel.Machines;
using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Lab.Flp;

/// <summary>
/// The network between the nodes, as a machine: every letter passes through its hands. Without <paramref name="valency"/> it hands each on
/// at once. With it, it is the adversary: it waits until all letters of a half of a round are there, hands on the three that keep both
/// decisions possible, and the other three as soon as the nodes have gone on. It drops nothing, and hands on what it has held for
/// <see cref="HeldLimit"/> whatever happens.
/// </summary>
/// <param name="valency">What the adversary knows; null for an honest postman.</param>
/// <param name="random">What it chooses with among orders that are as good.</param>
internal sealed class Postman(Valency? valency, SeededRandom random)
{
    /// <summary>Its machine.</summary>
    public const string Name = "adversary";

    /// <summary>After this time it hands on what it holds, even if the nodes have not gone on.</summary>
    public static readonly TimeSpan HeldLimit = TimeSpan.FromMilliseconds(500);

    private const int LettersOfAHalf = Valency.Nodes * (Valency.Nodes - 1);
    private readonly SortedDictionary<(int Round, bool IsProposal), List<HeldLetter>> halves = [];
    private readonly List<HeldLetter> late = [];
    private Courier courier = null!;
    private RoundOrder order;

    /// <summary>How many letters it was given.</summary>
    public int Taken { get; private set; }

    /// <summary>How many it has handed on.</summary>
    public int HandedOn { get; private set; }

    /// <summary>The longest that it held one.</summary>
    public TimeSpan HeldMax { get; private set; }

    public async Task RunAsync(IMachine machine)
    {
        courier = await Courier.OpenAsync(machine);
        _ = courier.ServeAsync(letter =>
        {
            var to = letter.Parts[0];
            Take(new HeldLetter(letter.From, to, letter.Words[(to.Length + 1)..], machine.Clock.GetTimestamp()), machine.Clock);
        });
        while (true)
        {
            await Task.Delay(HeldLimit / 2, machine.Clock);
            HandOnOld(machine.Clock);
        }
    }

    private void HandOnOld(TimeProvider clock)
    {
        bool IsOld(HeldLetter letter) => clock.GetElapsedTime(letter.Since) >= HeldLimit / 2;
        foreach (var letters in halves.Values.Append(late).ToArray())
        {
            foreach (var letter in letters.Where(IsOld))
                HandOn(letter, clock);
            letters.RemoveAll(IsOld);
        }
    }

    private void Take(HeldLetter letter, TimeProvider clock)
    {
        Taken++;
        if (valency is null)
        {
            HandOn(letter, clock);
            return;
        }
        var message = BenOrNode.Parse(letter.Words);
        var half = (message.Round, message.IsProposal);
        if (!halves.TryGetValue(half, out var letters))
            halves.Add(half, letters = []);
        letters.Add(letter);
        if (letters.Count == LettersOfAHalf)
            Conduct(half, letters, clock);
    }

    // All nodes have gone on to this half, so what was held of the one before decides nothing any more.
    private void Conduct((int Round, bool IsProposal) half, List<HeldLetter> letters, TimeProvider clock)
    {
        foreach (var letter in late)
            HandOn(letter, clock);
        late.Clear();
        halves.Remove(half);
        if (!half.IsProposal)
        {
            var best = valency!.BestOrders(StateOf(half.Round, letters));
            order = best[random.Next(best.Count)];
        }
        foreach (var letter in letters)
        {
            var isFirst = BenOrNode.NameOf(order.FirstOf(BenOrNode.NumberOf(letter.To), half.IsProposal)) == letter.From;
            if (isFirst)
                HandOn(letter, clock);
            else
                late.Add(letter);
        }
    }

    private static int StateOf(int round, List<HeldLetter> reports) => Valency.StateOf(
        reports.DistinctBy(l => l.From).Sum(l => BenOrNode.Parse(l.Words).Value!.Value << BenOrNode.NumberOf(l.From)), round);

    private void HandOn(HeldLetter letter, TimeProvider clock)
    {
        HandedOn++;
        var held = clock.GetElapsedTime(letter.Since);
        HeldMax = held > HeldMax ? held : HeldMax;
        courier.Tell(letter.To, string.Create(CultureInfo.InvariantCulture, $"{letter.Words} from {letter.From}"));
    }

    private readonly record struct HeldLetter(string From, string To, string Words, long Since);
}
