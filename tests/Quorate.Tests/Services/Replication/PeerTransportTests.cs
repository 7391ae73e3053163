using Quorate.Kernel.Identity;
using Quorate.Protocols.Raft;
using Quorate.Services.Replication.Peers;
using Quorate.Simulation;

namespace Quorate.Tests.Services.Replication;

public sealed class PeerTransportTests
{
    [Fact]
    public void A_caller_that_was_forgotten_while_its_connection_stayed_is_dialled_back()
    {
        using var world = new World(1);
        var (one, other) = (new TransportNode(world, "n1"), new TransportNode(world, "n2"));
        Until(world, () => one.Transport is not null && other.Transport is not null);
        one.Do(t => t.SetPeer(other.Id, other.Address));
        Until(world, () => one.Transport!.IsUp(other.Id) && other.Transport!.IsUp(one.Id));
        other.Do(t => t.RemovePeer(one.Id));
        world.Run(TimeSpan.FromSeconds(10));
        Assert.False(other.Transport!.IsUp(one.Id));
        Assert.True(one.Transport!.IsUp(other.Id), "the caller's own connection stays");
        one.Do(t => Say(t, other.Id));
        Until(world, () => other.Transport.IsUp(one.Id));
        Assert.Equal(1, other.Arrived);
        other.Do(t => Say(t, one.Id));
        Until(world, () => one.Arrived == 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_peer_that_is_not_where_it_said_is_looked_for_where_it_was_said_to_be(bool hintFirst)
    {
        using var world = new World(2);
        var (one, other) = (new TransportNode(world, "n1"), new TransportNode(world, "n2"));
        Until(world, () => one.Transport is not null && other.Transport is not null);
        var old = other.Address with { Port = 7009 };
        if (hintFirst)
            one.Do(t => t.HintPeer(other.Id, other.Address));
        one.Do(t => t.SetPeer(other.Id, old));
        if (!hintFirst)
            one.Do(t => t.HintPeer(other.Id, other.Address));
        Until(world, () => one.Transport!.IsUp(other.Id));
        one.Do(t => t.SetPeer(other.Id, other.Address));
        one.Do(t => t.HintPeer(other.Id, old));
        other.Do(t => t.RemovePeer(one.Id));
        world.Run(TimeSpan.FromSeconds(5));
        Assert.True(one.Transport!.IsUp(other.Id));
    }

    [Fact]
    public void A_peer_whose_process_ended_is_told_to_be_gone_and_one_that_still_writes_is_not()
    {
        using var world = new World(3);
        var (one, other) = (new TransportNode(world, "n1"), new TransportNode(world, "n2"));
        Until(world, () => one.Transport is not null && other.Transport is not null);
        one.Do(t => t.SetPeer(other.Id, other.Address));
        Until(world, () => one.Transport!.IsUp(other.Id) && other.Transport!.IsUp(one.Id));
        one.Do(t => t.RemovePeer(other.Id));
        one.Do(t => t.SetPeer(other.Id, other.Address with { Port = 7009 }));
        world.Run(TimeSpan.FromSeconds(10));
        Assert.Empty(one.Gone); // Refused there, but its own connection is open.
        world.Machines.Single(m => m.Name == "n2").Stop();
        Until(world, () => one.Gone.Contains(other.Id));
    }

    private static void Say(PeerTransport transport, NodeId to)
    {
        transport.Send(to, 1, new TimeoutNow(7), 64);
        transport.Flush();
    }

    private static void Until(World world, Func<bool> done) => Assert.True(world.RunUntil(done, TimeSpan.FromSeconds(20)));
}
