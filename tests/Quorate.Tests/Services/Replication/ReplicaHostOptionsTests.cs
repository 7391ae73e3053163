using Quorate.Kernel.Machines;
using Quorate.Services.Replication;

namespace Quorate.Tests.Services.Replication;

public sealed class ReplicaHostOptionsTests
{
    private static readonly ReplicaHostOptions Right = new()
    {
        NodeName = "n1",
        ClusterId = 1,
        PeerListen = new NetworkAddress("n1", 7000),
        Members = [new PeerMember("n1", new NetworkAddress("n1", 7000))],
    };

    [Fact]
    public void The_defaults_and_the_smallest_segment_that_holds_a_command_are_right()
    {
        Right.Validate();
        (Right with { CommandBytesMax = 1 << 20, LogSegmentBytes = (1 << 20) + (64 << 10) }).Validate();
    }

    [Fact]
    public void A_segment_that_could_not_hold_one_entry_is_refused()
    {
        var refused = Assert.Throws<ArgumentException>(() => (Right with { LogSegmentBytes = 1 << 20 }).Validate());
        Assert.Contains("LogSegmentBytes must be at least CommandBytesMax", refused.Message);
    }
}
