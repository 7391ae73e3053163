using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;
using Quorate.Kernel.Strands;
using Quorate.Services.Replication.Members;
using Quorate.Services.Replication.Peers;
using Quorate.Services.Replication.Timing;
using Quorate.Simulation;

namespace Quorate.Tests.Services.Replication;

/// <summary>A machine with a peer transport and nothing above it.</summary>
internal sealed class TransportNode : IPeerHandler
{
    private Strand? strand;

    public TransportNode(World world, string name)
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

    public List<NodeId> Gone { get; } = [];

    public void PeerGone(NodeId peer) => Gone.Add(peer);

    public ValueTask<ReadOnlyMemory<byte>> ServeAsync(
        NodeId from, ulong group, byte service, ReadOnlyMemory<byte> request, CancellationToken cancellationToken) => default;

    public ValueTask<Readmission> ReadmitAsync(ReadmissionAsk ask, CancellationToken cancellationToken) =>
        new(new Readmission(MembershipAnswer.NotFound, 0, NodeId.None));

    public ValueTask<MembershipAnswer> TakeApplicationAsync(Application application, CancellationToken cancellationToken) =>
        new(MembershipAnswer.AddressExists);
}
