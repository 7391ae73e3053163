using Quorate.Checking.ModelChecking;
using Quorate.Kernel.Encoding;

namespace Quorate.Cli.Models;

/// <summary>
/// Peterson's mutual exclusion of two processes, each read and write a step. Source: Peterson, "Myths About the Mutual Exclusion Problem",
/// 1981.
/// </summary>
/// <param name="turnFirst">Whether the turn is given away before the flag is raised: the two in the wrong order.</param>
/// <param name="fair">Whether a process that may go on does so in the end. It need never begin.</param>
internal sealed class PetersonModel(bool turnFirst = false, bool fair = true) : IModel
{
    private const byte Idle = 0;
    private const byte Begun = 1;
    private const byte Waiting = 2;
    private const byte Inside = 3;
    private const int Turn = 2;
    private readonly byte[] next = new byte[3];

    public IReadOnlyList<string> Facts => ["p1 wants in", "p1 is in", "p2 wants in", "p2 is in"];

    public IReadOnlyList<ModelProperty> Properties =>
    [
        ModelProperty.NeverEnds,
        ModelProperty.Sometimes("p1 is in"),
        ModelProperty.LeadsTo("p1 wants in", "p1 is in"),
        ModelProperty.LeadsTo("p2 wants in", "p2 is in"),
    ];

    public IReadOnlyList<FairAction> FairActions => fair ? [new("p1 goes on"), new("p2 goes on")] : [];

    public void WriteInitial(ByteWriter writer) => writer.WriteRaw([Idle, Idle, 0]);

    public int FactsOf(ReadOnlySpan<byte> state) => FactsOf(state[0]) | (FactsOf(state[1]) << 2);

    public string? Violation(ReadOnlySpan<byte> state) => state[0] == Inside && state[1] == Inside ? "both are in" : null;

    public void Explore(ReadOnlySpan<byte> state, ModelSteps steps)
    {
        for (var p = 0; p < 2; p++)
            Explore(state, p, steps);
    }

    private static int FactsOf(byte process) => process switch
    {
        Begun or Waiting => 1,
        Inside => 2,
        _ => 0,
    };

    private void Explore(ReadOnlySpan<byte> state, int p, ModelSteps steps)
    {
        var other = 1 - p;
        state.CopyTo(next);
        var givesTurn = state[p] == (turnFirst ? Idle : Begun);
        if (givesTurn)
            next[Turn] = (byte)other;
        var otherFlag = turnFirst ? state[other] is Waiting or Inside : state[other] != Idle;
        if (state[p] == Waiting && otherFlag && state[Turn] == other)
            return;
        next[p] = (byte)((state[p] + 1) % (Inside + 1));
        var action = state[p] switch
        {
            Waiting => "enters",
            Inside => "leaves",
            _ => givesTurn ? "gives the turn away" : "raises its flag",
        };
        steps.Add($"p{p + 1} {action}", next, fair && state[p] != Idle ? p : -1);
    }
}
