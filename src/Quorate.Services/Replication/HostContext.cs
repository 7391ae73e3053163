using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;
using Quorate.Kernel.Strands;
using Quorate.Services.Replication.Journal;
using Quorate.Services.Replication.Peers;
using Quorate.Services.Replication.Timing;

namespace Quorate.Services.Replication;

/// <summary>What the groups of a node share.</summary>
internal sealed record HostContext(
    IMachine Machine, Strand Strand, MonotonicClock Clock, ReplicaHostOptions Options, SharedJournal Journal, Action Turn)
{
    public NodeId Self { get; } = Options.Self;

    public PeerTransport Transport { get; set; } = null!;
}
