using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;
using Quorate.Kernel.Strands;
using Quorate.Protocols.Raft;
using Quorate.Services.Replication;
using Quorate.Services.Replication.Members;
using Quorate.Services.Replication.Peers;
using Quorate.Services.Replication.Timing;
using Quorate.Simulation;

namespace Quorate.Tests.Services.Replication;

public sealed class PeerTransportTests
{
    [Fact]
    public void A_caller_that_was_forgotten_while_its_connection_stayed_is_dialled_back()
    {
        using var world = new World(1);
        var (one, other) = (new Node(world, "n1"), new Node(world, "n2"));
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
        var (one, other) = (new Node(world, "n1"), new Node(world, "n2"));
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

    private static void Say(PeerTransport transport, NodeId to)
    {
        transport.Send(to, 1, new TimeoutNow(7), 64);
        transport.Flush();
    }

    private static void Until(World world, Func<bool> done) => Assert.True(world.RunUntil(done, TimeSpan.FromSeconds(20)));

    private sealed class Node : IPeerHandler
    {
        private Strand? strand;

        public Node(World world, string name)
        {
            Id = NodeId.FromName(name);
            Address = new NetworkAddress(name, 7000);
            world.AddMachine(name, async (machine, stop) =>
            {
                var options = new PeerOptions { Self = Id, ClusterId = 1, Listen = Address, FrameBytesMax = 1 << 20 };
                strand = (Strand)SynchronizationContext.Current!;
                var clock = new MonotonicClock(machine.Clock);
                Transport = await PeerTransport.StartAsync(machine, strand, clock, options, this, () => { }, stop);
                Transport.Open();
                await Task.Delay(Timeout.InfiniteTimeSpan, machine.Clock, stop);
            });
        }

        public NodeId Id { get; }

        public NetworkAddress Address { get; }

        public PeerTransport? Transport { get; private set; }

        public IReadOnlyList<GroupMember> Members { get; set; } = [];

        public int Arrived { get; private set; }

        public void Do(Action<PeerTransport> act) => strand!.Post(() => act(Transport!));

        public void RaftArrived(NodeId from, ulong group, ReadOnlyMemory<byte> message) => Arrived++;

        public void LinkChanged(NodeId peer)
        {
            // Nothing hangs on it here.
        }

        public ValueTask<ReadOnlyMemory<byte>> ServeAsync(
            NodeId from, ulong group, byte service, ReadOnlyMemory<byte> request, CancellationToken cancellationToken) => default;

        public ValueTask<Readmission> ReadmitAsync(ReadmissionAsk ask, CancellationToken cancellationToken) =>
            new(new Readmission(MembershipAnswer.NotFound, 0, NodeId.None));

        public ValueTask<MembershipAnswer> TakeApplicationAsync(Application application, CancellationToken cancellationToken) =>
            new(MembershipAnswer.AddressExists);
    }
}
