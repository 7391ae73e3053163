using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;
using Quorate.Kernel.Strands;
using Quorate.Services.Replication.Journal;
using Quorate.Services.Replication.Members;
using Quorate.Services.Replication.Peers;
using Quorate.Services.Replication.Timing;

namespace Quorate.Services.Replication;

/// <summary>
/// What the groups of a node share; <see cref="Turn"/> is each group's own, and asks that it be looked at when the turn ends.
/// </summary>
internal sealed record HostContext(
    IMachine Machine, Strand Strand, MonotonicClock Clock, ReplicaHostOptions Options, SharedJournal Journal, Action Turn)
{
    private readonly TransportPlace place = new();

    public NodeId Self { get; } = Options.Self;

    /// <summary>This node, as it describes itself to its groups.</summary>
    public GroupMember OwnMember { get; } = Describe(Options.Members.First(member => member.Name == Options.NodeName));

    /// <summary>The connections; null until the first groups are recovered, for nothing may arrive before.</summary>
    public PeerTransport? TransportOrNone
    {
        get => place.Transport;
        set => place.Transport = value;
    }

    public PeerTransport Transport => place.Transport!;

    public static GroupMember Describe(PeerMember member) =>
        new(member.Id, member.Name, member.PeerAddress.ToString(), member.ClientAddress, false);

    /// <summary>Shared by the copies that the groups have.</summary>
    private sealed class TransportPlace
    {
        public PeerTransport? Transport { get; set; }
    }
}
