using Quorate.Checking.ModelChecking;
using Quorate.Kernel.Encoding;

namespace Quorate.Cli.Models;

/// <summary>
/// Two-phase commit with messages that stay for ever, so that each may be lost, late or repeated. A byte for each participant (its state,
/// whether its promise was sent, whether it arrived), and one for the coordinator, whose decision is the message that it sent.
/// Source: Gray and Lamport, "Consensus on Transaction Commit", 2006: the specification TwoPhase, which has 288 states for three.
/// </summary>
/// <param name="participants">How many participants.</param>
/// <param name="mayStop">Whether the coordinator may stop for ever before it has decided.</param>
/// <param name="liveness">Whether everyone must decide in the end.</param>
internal sealed class TwoPhaseCommitModel(int participants, bool mayStop = false, bool liveness = false) : IModel
{
    private const byte Working = 0;
    private const byte Prepared = 1;
    private const byte Committed = 2;
    private const byte Aborted = 3;
    private const byte Stopped = 1;
    private const byte StateMask = 3;
    private const byte Promised = 4;
    private const byte Arrived = 8;
    private readonly byte[] next = new byte[participants + 1];

    public IReadOnlyList<string> Facts => ["all committed", "all aborted", "all decided"];

    public IReadOnlyList<ModelProperty> Properties =>
    [
        ModelProperty.Sometimes("all committed"),
        ModelProperty.Sometimes("all aborted"),
        .. liveness ? (ModelProperty[])[ModelProperty.Eventually("all decided")] : [],
    ];

    public IReadOnlyList<FairAction> FairActions =>
        [.. Enumerable.Range(1, participants).Select(p => new FairAction($"p{p} goes on")), new FairAction("the coordinator goes on")];

    /// <summary>The participants are alike: their bytes change places.</summary>
    public static void Rename(ReadOnlySpan<byte> state, IReadOnlyList<int> names, ByteWriter writer)
    {
        Span<byte> renamed = stackalloc byte[state.Length];
        for (var i = 0; i < names.Count; i++)
            renamed[names[i]] = state[i];
        renamed[^1] = state[^1];
        writer.WriteRaw(renamed);
    }

    public void WriteInitial(ByteWriter writer) => writer.WriteRaw(new byte[participants + 1]);

    public int FactsOf(ReadOnlySpan<byte> state)
    {
        var (committed, aborted) = (0, 0);
        foreach (var participant in state[..participants])
        {
            committed += (participant & StateMask) == Committed ? 1 : 0;
            aborted += (participant & StateMask) == Aborted ? 1 : 0;
        }

        return (committed == participants ? 1 : 0) | (aborted == participants ? 2 : 0) | (committed + aborted == participants ? 4 : 0);
    }

    public string? Violation(ReadOnlySpan<byte> state)
    {
        var (committed, aborted) = (-1, -1);
        for (var i = 0; i < participants; i++)
        {
            committed = (state[i] & StateMask) == Committed ? i : committed;
            aborted = (state[i] & StateMask) == Aborted ? i : aborted;
        }

        return committed >= 0 && aborted >= 0 ? $"p{committed + 1} committed and p{aborted + 1} aborted" : null;
    }

    public void Explore(ReadOnlySpan<byte> state, ModelSteps steps)
    {
        var coordinator = state[participants];
        var all = true;
        for (var i = 0; i < participants; i++)
        {
            all &= (state[i] & Arrived) != 0;
            ExploreParticipant(state, i, coordinator, steps);
        }

        if (coordinator != Working)
            return;
        if (all)
            Add(state, participants, Committed, "the coordinator decides to commit", participants, steps);
        Add(state, participants, Aborted, "the coordinator decides to abort", participants, steps);
        if (mayStop)
            Add(state, participants, Stopped, "the coordinator stops for ever", -1, steps);
    }

    private void ExploreParticipant(ReadOnlySpan<byte> state, int i, byte coordinator, ModelSteps steps)
    {
        var flags = state[i] & ~StateMask;
        if (coordinator == Working && (flags & Promised) != 0 && (flags & Arrived) == 0)
            Add(state, i, state[i] | Arrived, $"the coordinator receives p{i + 1}'s promise", participants, steps);
        if ((state[i] & StateMask) == Working)
        {
            Add(state, i, Prepared | Promised, $"p{i + 1} prepares and promises", i, steps);
            Add(state, i, Aborted, $"p{i + 1} aborts by itself", i, steps);
        }

        if (coordinator is Committed or Aborted)
            Add(state, i, flags | coordinator, $"p{i + 1} receives the order to {(coordinator == Committed ? "commit" : "abort")}", i, steps);
    }

    private void Add(ReadOnlySpan<byte> state, int place, int value, string action, int fairAction, ModelSteps steps)
    {
        state.CopyTo(next);
        next[place] = (byte)value;
        steps.Add(action, next, fairAction);
    }
}
