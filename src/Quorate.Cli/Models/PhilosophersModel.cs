using Quorate.Checking.ModelChecking;
using Quorate.Kernel.Encoding;

namespace Quorate.Cli.Models;

/// <summary>
/// Dining philosophers: each takes one fork, then the other, eats, and puts both down. Source: Dijkstra, "Hierarchical Ordering of
/// Sequential Processes", 1971.
/// </summary>
/// <param name="count">How many.</param>
/// <param name="ordered">Whether everyone takes the fork with the smaller number first, so that they cannot all wait in a circle.</param>
/// <param name="second">How fair taking the second fork is.</param>
/// <param name="liveness">Whether who holds a fork must eat in the end.</param>
internal sealed class PhilosophersModel(int count, bool ordered = false, Fairness second = Fairness.Strong, bool liveness = false) : IModel
{
    private const byte Thinks = 0;
    private const byte HoldsOne = 1;
    private const byte Eats = 2;
    private readonly byte[] next = new byte[count];

    public IReadOnlyList<string> Facts => ["p1 holds a fork", "p1 eats"];

    public IReadOnlyList<ModelProperty> Properties =>
    [
        ModelProperty.NeverEnds,
        ModelProperty.Sometimes("p1 eats"),
        .. liveness ? (ModelProperty[])[ModelProperty.LeadsTo("p1 holds a fork", "p1 eats")] : [],
    ];

    public IReadOnlyList<FairAction> FairActions => liveness
        ? [
            .. Enumerable.Range(1, count).Select(p => new FairAction($"p{p} takes its second fork", second)),
            .. Enumerable.Range(1, count).Select(p => new FairAction($"p{p} puts its forks down")),
        ]
        : [];

    public void WriteInitial(ByteWriter writer) => writer.WriteRaw(new byte[count]);

    public int FactsOf(ReadOnlySpan<byte> state) => (state[0] == HoldsOne ? 1 : 0) | (state[0] == Eats ? 2 : 0);

    public void Explore(ReadOnlySpan<byte> state, ModelSteps steps)
    {
        for (var p = 0; p < count; p++)
        {
            if (state[p] == Eats)
                Add(state, p, Thinks, "puts its forks down", liveness ? count + p : -1, steps);
            else if (state[p] == Thinks && IsFree(state, First(p)))
                Add(state, p, HoldsOne, "takes its first fork", -1, steps);
            else if (state[p] == HoldsOne && IsFree(state, Second(p)))
                Add(state, p, Eats, "takes its second fork", liveness ? p : -1, steps);
        }
    }

    private int First(int p) => ordered ? Math.Min(p, (p + 1) % count) : p;

    private int Second(int p) => ordered ? Math.Max(p, (p + 1) % count) : (p + 1) % count;

    // Fork f lies between philosophers f - 1 and f.
    private bool IsFree(ReadOnlySpan<byte> state, int fork) => !Holds(state, fork, fork) && !Holds(state, (fork + count - 1) % count, fork);

    private bool Holds(ReadOnlySpan<byte> state, int p, int fork) => state[p] == Eats || (state[p] == HoldsOne && First(p) == fork);

    private void Add(ReadOnlySpan<byte> state, int p, byte value, string action, int fairAction, ModelSteps steps)
    {
        state.CopyTo(next);
        next[p] = value;
        steps.Add($"p{p + 1} {action}", next, fairAction);
    }
}
