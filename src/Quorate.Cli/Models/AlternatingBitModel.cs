using Quorate.Checking.ModelChecking;
using Quorate.Kernel.Encoding;

namespace Quorate.Cli.Models;

/// <summary>
/// The alternating-bit protocol: one message at a time, sent again and again over a channel of one place that loses, with its number's last
/// bit, until that bit comes back. What is sent replaces what lies in the channel, which is lost. Numbers count modulo four.
/// Source: Bartlett, Scantlebury and Wilkinson, "A Note on Reliable Full-Duplex Transmission over Half-Duplex Links", 1969.
/// </summary>
/// <param name="withBit">Whether the receiver looks at the bit; without it a message that was sent twice is taken twice.</param>
/// <param name="delivery">How fair the channel is.</param>
/// <param name="liveness">Whether messages must arrive again and again.</param>
internal sealed class AlternatingBitModel(bool withBit = true, Fairness delivery = Fairness.Strong, bool liveness = true) : IModel
{
    private const int Numbers = 4;
    private const int Sending = 0;
    private const int Waiting = 1;
    private const int Data = 2;
    private const int Acknowledgement = 3;
    private const byte Empty = byte.MaxValue;
    private const string Wraps = "number 0 is due";
    private readonly byte[] next = new byte[4];

    public IReadOnlyList<string> Facts => [Wraps, "number 1 is due"];

    public IReadOnlyList<ModelProperty> Properties => liveness
        ? [ModelProperty.NeverEnds, ModelProperty.AlwaysEventually("number 1 is due"), ModelProperty.AlwaysEventually(Wraps)]
        : [ModelProperty.NeverEnds, ModelProperty.Sometimes("number 1 is due")];

    public IReadOnlyList<FairAction> FairActions =>
        [new("sends"), new("a message arrives", delivery), new("an acknowledgement arrives", delivery)];

    public void WriteInitial(ByteWriter writer) => writer.WriteRaw([0, 0, Empty, Empty]);

    public int FactsOf(ReadOnlySpan<byte> state) => state[Waiting] is 0 or 1 ? 1 << state[Waiting] : 0;

    public void Explore(ReadOnlySpan<byte> state, ModelSteps steps)
    {
        state.CopyTo(next);
        next[Data] = state[Sending];
        steps.Add($"the sender sends {state[Sending]}", next, 0);
        if (state[Data] != Empty)
        {
            Lose(state, Data, $"message {state[Data]} is lost", steps);
            Receive(state, state[Data], steps);
        }

        if (state[Acknowledgement] == Empty)
            return;
        Lose(state, Acknowledgement, $"acknowledgement {state[Acknowledgement]} is lost", steps);
        state.CopyTo(next);
        next[Acknowledgement] = Empty;
        if (IsSameBit(state[Acknowledgement], state[Sending]))
            next[Sending] = (byte)((state[Sending] + 1) % Numbers);
        steps.Add($"the sender receives acknowledgement {state[Acknowledgement]}", next, 2);
    }

    private void Receive(ReadOnlySpan<byte> state, byte number, ModelSteps steps)
    {
        state.CopyTo(next);
        next[Data] = Empty;
        next[Acknowledgement] = number;
        var takes = !withBit || IsSameBit(number, state[Waiting]);
        if (takes)
            next[Waiting] = (byte)((number + 1) % Numbers);
        var action = $"the receiver receives {number}{(takes ? " and takes it" : "")}";
        if (takes && number != state[Waiting])
            steps.Break(action, $"{number} is taken where {state[Waiting]} is due");
        else
            steps.Add(action, next, 1);
    }

    private void Lose(ReadOnlySpan<byte> state, int channel, string action, ModelSteps steps)
    {
        state.CopyTo(next);
        next[channel] = Empty;
        steps.Add(action, next);
    }

    private static bool IsSameBit(byte a, byte b) => a % 2 == b % 2;
}
