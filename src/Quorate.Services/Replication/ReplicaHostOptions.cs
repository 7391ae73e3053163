using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;
using Quorate.Protocols.Raft;
using Quorate.Services.Replication.Levels;
using Quorate.Services.Replication.Members;

namespace Quorate.Services.Replication;

/// <summary>A member of the cluster as a node is told of it at its start.</summary>
/// <param name="Name">Its name; empty where it is not known, and then the id says who it is.</param>
/// <param name="PeerAddress">Where its peers reach it.</param>
/// <param name="ClientAddress">Where clients reach it, as host:port, or empty.</param>
public sealed record PeerMember(string Name, NetworkAddress PeerAddress, string ClientAddress = "")
{
    /// <summary>Its identity: of a first member it follows from the name, one that is added later was given another.</summary>
    public NodeId Id { get; init; } = NodeId.FromName(Name);
}

/// <summary>A group that a node takes part in.</summary>
/// <param name="GroupId">The group.</param>
/// <param name="Machine">Its state machine, empty: the host restores it.</param>
/// <param name="Voters">
/// The voters that the group begins with, or null for all <see cref="ReplicaHostOptions.Members"/>. Every first member is told the
/// same; a node that joins a running group later is told an empty list. It counts only at the very first start.
/// </param>
public sealed record GroupSetup(ulong GroupId, IStateMachine Machine, IReadOnlyList<NodeId>? Voters = null);

/// <summary>The settings of a <see cref="ReplicaHost"/>.</summary>
/// <remarks>
/// Guarantee: <see cref="Validate"/> refuses what cannot work. Cost: none. Fails when: two nodes of a cluster disagree on
/// <see cref="ClusterId"/> or on the first members. Source: the defaults follow etcd's (1 s elections, 7 s requests).
/// </remarks>
public sealed record ReplicaHostOptions
{
    /// <summary>The node's name, one of <see cref="Members"/>. It stays the same for life, as its identity does.</summary>
    public required string NodeName { get; init; }

    /// <summary>The cluster. Nodes of another cluster are refused.</summary>
    public required ulong ClusterId { get; init; }

    /// <summary>Where peers reach this node.</summary>
    public required NetworkAddress PeerListen { get; init; }

    /// <summary>The members of the cluster, this node among them.</summary>
    public required IReadOnlyList<PeerMember> Members { get; init; }

    /// <summary>The settings of every group's Raft core. Default: <see cref="RaftOptions.Lan"/>.</summary>
    public RaftOptions Raft { get; init; } = RaftOptions.Lan;

    /// <summary>
    /// The most bytes of one command. Default 1.5 MiB and 64 KiB; up to 2.5 MiB. A longer one is <see
    /// cref="ReplicationError.TooLarge"/>.
    /// </summary>
    public int CommandBytesMax { get; init; } = (3 << 19) + (64 << 10);

    /// <summary>
    /// The most commands under way of one group on this node; as many again wait for a place, and beyond that a call is
    /// <see cref="ReplicationError.Overloaded"/>. Default 16,384; up to 100,000.
    /// </summary>
    public int InflightMax { get; init; } = 16_384;

    /// <summary>The most bytes of commands under way of one group on this node. Default 32 MiB.</summary>
    public long InflightBytesMax { get; init; } = 32 << 20;

    /// <summary>How long a call may take. Default 7 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>
    /// A snapshot is taken after this many bytes of commands, or the last snapshot's size when that is larger. Default 64 MiB.
    /// </summary>
    public long SnapshotLogBytes { get; init; } = 64L << 20;

    /// <summary>A snapshot is taken after this many entries. Default 1,000,000.</summary>
    public long SnapshotEntries { get; init; } = 1_000_000;

    /// <summary>The size of a segment of the log in bytes. Default 64 MiB; at least <see cref="CommandBytesMax"/> and 64 KiB.</summary>
    public long LogSegmentBytes { get; init; } = 64L << 20;

    /// <summary>
    /// Whether a node that finds its files damaged takes everything anew from its peers, instead of not starting. Default false.
    /// </summary>
    public bool RepairsFromPeers { get; init; }

    /// <summary>How long after a pass over all files the next one begins, plus up to a tenth. Default zero: files are not read again.</summary>
    public TimeSpan ScrubInterval { get; init; } = TimeSpan.Zero;

    /// <summary>The most bytes that a pass over the files reads in a second. Default 4 MiB; at least 64 KiB.</summary>
    public long ScrubBytesPerSecond { get; init; } = 4 << 20;

    /// <summary>
    /// The level at which the groups begin, before anything is in their logs; the same on every member. Default the newest, for members that are
    /// all of one release and stay so. Where members may be of other releases it is <see cref="FeatureLevel.First"/>, and the level is raised
    /// through the log.
    /// </summary>
    public int FirstLevel { get; init; } = FeatureLevel.Newest;

    /// <summary>
    /// The highest level that this node may understand: it acts as the release that brought this level did. Default the newest. As long as one
    /// member is held to a level, all can go back to the release of that level.
    /// </summary>
    public int LevelMax { get; init; } = FeatureLevel.Newest;

    /// <summary>This node's identity.</summary>
    public NodeId Self => Members.First(member => member.Name == NodeName).Id;

    // What an entry of one command takes in a segment beside the command: session, record, batch and the segment's own header.
    private const int EntryRoomBytes = 64 << 10;

    /// <summary>Refuses settings that cannot work.</summary>
    /// <exception cref="ArgumentException">Says which, and why.</exception>
    public void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(NodeName);
        Check(CommandBytesMax is > 0 and <= 5 << 19, nameof(CommandBytesMax), "between 1 byte and 2.5 MiB");
        Check(InflightMax is > 0 and <= 100_000, nameof(InflightMax), "between 1 and 100,000");
        Check(InflightBytesMax >= CommandBytesMax, nameof(InflightBytesMax), "at least CommandBytesMax");
        Check(
            LogSegmentBytes >= CommandBytesMax + EntryRoomBytes,
            nameof(LogSegmentBytes),
            "at least CommandBytesMax and 64 KiB: an entry lies in one segment");
        Check(RequestTimeout > TimeSpan.Zero, nameof(RequestTimeout), "longer than nothing");
        Check(SnapshotLogBytes > 0 && SnapshotEntries > 0, nameof(SnapshotLogBytes), "more than nothing");
        Check(
            LevelMax is >= FeatureLevel.First and <= FeatureLevel.Newest,
            nameof(LevelMax),
            $"between {FeatureLevel.First} and {FeatureLevel.Newest}");
        Check(FirstLevel >= FeatureLevel.First && FirstLevel <= LevelMax, nameof(FirstLevel), "between 1 and LevelMax");
        Check(ScrubInterval >= TimeSpan.Zero, nameof(ScrubInterval), "zero or longer");
        Check(ScrubBytesPerSecond >= 64 << 10, nameof(ScrubBytesPerSecond), "at least 64 KiB");
        Check(Members.Count is > 0 and <= 255, nameof(Members), "between 1 and 255");
        var names = new HashSet<NodeId>();
        foreach (var member in Members)
        {
            Check(names.Add(member.Id), nameof(Members), $"without '{member.Name}' twice");
            Check(
                MemberTable.Fits(member.Name, member.PeerAddress.ToString(), member.ClientAddress),
                nameof(Members),
                $"with names and addresses of at most {MemberTable.TextCharsMax} characters");
        }

        Check(Members.Any(member => member.Name == NodeName), nameof(Members), $"with '{NodeName}' among them");
    }

    private static void Check(bool holds, string name, string wanted)
    {
        if (!holds)
            throw new ArgumentException($"{name} must be {wanted}.");
    }
}
