using Quorate.Checking.ModelChecking;

namespace Quorate.Tests.Checking.ModelChecking;

public sealed class StateBufferTests
{
    [Fact]
    public void States_come_back_in_order_over_many_blocks_and_of_any_length()
    {
        var random = new Random(1);
        var lengths = Enumerable.Range(0, 60).Select(i => i % 7 == 0 ? 0 : random.Next(200_000)).Append(3 << 20);
        var states = lengths.Select(l => new byte[l]).ToArray();
        var buffer = new StateBuffer();
        foreach (var state in states)
        {
            random.NextBytes(state);
            buffer.Add(state);
        }

        Assert.Equal(states.Length, buffer.Count);
        Assert.True(states.Zip(buffer.States).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second.ToArray())));
    }
}
