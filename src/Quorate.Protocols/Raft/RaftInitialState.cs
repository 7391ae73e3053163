namespace Quorate.Protocols.Raft;

/// <summary>Everything durable that a server found when it started.</summary>
/// <param name="HardState">The term and vote.</param>
/// <param name="SnapshotIndex">The last index that the newest snapshot covers; 0 without one.</param>
/// <param name="SnapshotTerm">The term of the entry at that index; 0 without one.</param>
/// <param name="SnapshotConfiguration">The configuration as of that index; without a snapshot, the one that the group was founded
/// with.</param>
/// <param name="Entries">The entries after the snapshot, without a gap.</param>
public sealed record RaftInitialState(
    HardState HardState, long SnapshotIndex, long SnapshotTerm, Configuration SnapshotConfiguration, IReadOnlyList<Entry> Entries)
{
    /// <summary>A server that never ran, of a group that is founded with these members.</summary>
    /// <param name="founders">The members. All founders must start with the same.</param>
    public static RaftInitialState Founding(Configuration founders) => new(default, 0, 0, founders, []);
}
