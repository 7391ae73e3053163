using System.Buffers.Binary;
using Quorate.Kernel.Encoding;
using Quorate.Kernel.Machines;
using Quorate.Protocols.Raft;
using Quorate.Services.Replication;
using Quorate.Services.Replication.Levels;
using Quorate.Services.Replication.Sessions;

namespace Quorate.Tests.Services.Replication;

/// <summary>When the level of a group is raised, who is turned away then, and what both leave on disk.</summary>
public sealed class LevelTests
{
    // Of a snapshot's file, as docs/formats.md has it.
    private const int MetadataLengthAt = 20;
    private const int MetadataAt = 28;
    private readonly SortedSet<string> held = new(StringComparer.Ordinal);

    [Fact]
    public void A_level_is_raised_once_the_last_member_understands_it_and_not_before()
    {
        using var cluster = Cluster("n1", "n2", "n3");
        Write(cluster, "old");
        foreach (var name in (string[])["n1", "n2"])
        {
            Replace(cluster, name);
            cluster.World.Run(TimeSpan.FromSeconds(20));
            AssertLevel(cluster, 1);
        }

        Replace(cluster, "n3");
        AwaitLevel(cluster, 2);
        // Told once each: at the beginning, and at the raise.
        Assert.All(cluster.Live, node => Assert.Equal([1, 2], node.Tally.Levels));
        Assert.All(cluster.Live, node => Assert.Equal(1, node.Tally.Counts["old"]));
    }

    [Fact]
    public void A_member_that_does_not_answer_counts_as_one_that_does_not_understand()
    {
        using var cluster = Cluster("n1", "n2", "n3");
        Write(cluster, "old");
        foreach (var name in (string[])["n1", "n2"])
            Replace(cluster, name);
        held.Clear();
        cluster.Nodes["n3"].Machine.Crash();
        cluster.World.Run(TimeSpan.FromSeconds(20));
        AssertLevel(cluster, 1);
        cluster.Restart(cluster.Nodes["n3"]);
        AwaitLevel(cluster, 2);
    }

    [Fact]
    public void A_new_group_is_raised_at_once_also_where_a_member_is_still_down()
    {
        using var cluster = Cluster();
        cluster.Nodes["n3"].Machine.Crash();
        AwaitLevel(cluster, 2, seconds: 10);
        cluster.Restart(cluster.Nodes["n3"]);
        AwaitLevel(cluster, 2);
    }

    [Fact]
    public void A_group_that_begins_at_the_newest_level_has_no_entry_for_it()
    {
        using var cluster = new SimulatedCluster(1);
        cluster.WaitForLeader();
        cluster.World.Run(TimeSpan.FromSeconds(5));
        Assert.All(cluster.Live, node => Assert.Equal([FeatureLevel.Newest], node.Tally.Levels));
        Assert.Equal(1, cluster.Leader.Host!.Inspect(1).LastIndex);
    }

    [Theory]
    [InlineData(1_000_000)] // It finds the raise in its log.
    [InlineData(5)] // It finds the level in its snapshot.
    public void A_node_that_is_too_old_is_turned_away_and_its_data_is_as_good_as_before(int snapshotEntries)
    {
        using var cluster = new SimulatedCluster(1, tune: Tune(snapshotEntries));
        AwaitLevel(cluster, 2);
        for (var i = 0; i < 20; i++)
            Write(cluster, $"x{i}");
        cluster.Settle();
        var node = cluster.Nodes["n2"];
        held.Add("n2");
        for (var attempt = 0; attempt < 3; attempt++)
        {
            node.Machine.Restart();
            cluster.RunUntil(() => node.Failure is not null, what: "turned away");
            Assert.IsType<ReleaseTooOldException>(node.Failure);
            Assert.Contains("the cluster is at level 2, and this node understands no more than level 1", node.Failure!.Message);
            Assert.Contains("not held to level 1", node.Failure.Message);
        }

        Write(cluster, "without it");
        held.Clear();
        cluster.Restart(node);
        cluster.Settle();
        Assert.Equal(21, node.Tally.Order.Count);
        Assert.Equal(2, node.Tally.Levels[^1]);
    }

    [Fact]
    public void A_node_that_is_too_old_stops_where_the_level_is_raised_and_the_others_go_on()
    {
        // As where the group is new, and one of its members is of an older release: nobody is asked.
        using var cluster = Cluster("n3");
        AwaitLevel(cluster, 2, "n3");
        cluster.RunUntil(() => cluster.Nodes["n3"].Failure is ReleaseTooOldException, what: "stopped");
        Write(cluster, "x");
        held.Clear();
        cluster.Restart(cluster.Nodes["n3"]);
        cluster.Settle();
        Assert.Equal(1, cluster.Nodes["n3"].Tally.Counts["x"]);
    }

    [Fact]
    public void A_newcomer_that_is_too_old_is_turned_away_and_counts_for_nothing()
    {
        using var cluster = Cluster();
        AwaitLevel(cluster, FeatureLevel.Newest);
        held.Add("n4");
        var newcomer = new PeerMember("n4", new NetworkAddress("n4", 7000));
        var founders = cluster.Members.Select(member => member.Id).ToArray();
        var added = cluster.AddNode("n4", [.. cluster.Members, newcomer], []);
        cluster.RunUntil(() => added.IsReady, what: "up");
        var leader = cluster.Leader;
        var change = leader.Host!.ChangeMembersAsync(1, new Configuration(founders, null, [added.Id]), [newcomer], default);
        Assert.Equal("done", cluster.OutcomeOf(change));
        cluster.RunUntil(() => added.Failure is ReleaseTooOldException, what: "turned away");
        Write(cluster, "without it");
        held.Clear();
        cluster.Restart(added);
        cluster.Settle();
        Assert.Equal(1, added.Tally.Counts["without it"]);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, FeatureLevel.Newest)]
    public void Snapshots_hold_the_level_once_it_is_raised_and_nothing_of_it_before(bool isHeld, int level)
    {
        held.UnionWith(isHeld ? ["n1", "n2", "n3"] : []);
        using var cluster = new SimulatedCluster(1, tune: Tune(5));
        if (!isHeld)
            AwaitLevel(cluster, FeatureLevel.Newest);
        for (var i = 0; i < 40; i++)
            Write(cluster, $"x{i}");
        cluster.World.Run(TimeSpan.FromSeconds(5));
        foreach (var node in cluster.Live)
        {
            var snapshot = Enumerable.Range(1, 60).Select(i => node.Machine.Disk.ReadAllBytes($"snap/g1/{i:d20}.snap")).Last(bytes => bytes is not null)!;
            var metadata = snapshot.AsMemory(MetadataAt, BinaryPrimitives.ReadInt32LittleEndian(snapshot.AsSpan(MetadataLengthAt)));
            Assert.Equal(level, SnapshotFiles.ReadMetadata(metadata).Level);
        }
    }

    [Fact]
    public void A_snapshot_of_a_newer_level_is_no_damage_whatever_else_it_holds()
    {
        var newer = new ByteWriter();
        newer.WriteRaw(SnapshotFiles.Metadata(3, Configuration.Empty, FeatureLevel.Newest + 1).Span);
        newer.WriteString("what this release does not know");
        Assert.Equal(FeatureLevel.Newest + 1, SnapshotFiles.ReadMetadata(newer.WrittenMemory).Level);
        var known = new ByteWriter();
        known.WriteRaw(SnapshotFiles.Metadata(3, Configuration.Empty, FeatureLevel.Newest).Span);
        known.WriteByte(0);
        Assert.Throws<MalformedInputException>(() => SnapshotFiles.ReadMetadata(known.WrittenMemory));
    }

    [Theory]
    [InlineData("0402")]
    [InlineData("0502")]
    [InlineData("00")]
    public void A_level_or_what_is_unknown_is_not_taken_from_another_replica(string payload) =>
        Assert.Throws<MalformedInputException>(() => PayloadCodec.Check(Convert.FromHexString(payload)));

    [Theory]
    [InlineData("04")]
    [InlineData("0400")]
    [InlineData("040200")]
    [InlineData("04ffffffffff01")]
    public void A_raise_that_is_none_is_refused(string payload) =>
        Assert.Throws<MalformedInputException>(() => PayloadCodec.ReadLevel(Convert.FromHexString(payload)));

    private SimulatedCluster Cluster(params string[] heldAtFirst)
    {
        held.UnionWith(heldAtFirst);
        return new SimulatedCluster(1, tune: Tune(1_000_000));
    }

    private Func<ReplicaHostOptions, ReplicaHostOptions> Tune(int snapshotEntries) => options => options with
    {
        FirstLevel = FeatureLevel.First,
        LevelMax = held.Contains(options.NodeName) ? FeatureLevel.First : FeatureLevel.Newest,
        SnapshotEntries = snapshotEntries,
        RepairsFromPeers = true,
    };

    private void Replace(SimulatedCluster cluster, string name)
    {
        held.Remove(name);
        cluster.Restart(cluster.Nodes[name]);
        cluster.WaitForLeader();
    }

    private static void Write(SimulatedCluster cluster, string command)
    {
        cluster.RunUntil(() => cluster.Live.Any(node => node.LeadsAnnounced), what: "a leader");
        Assert.Equal($"{command}=1", cluster.Outcome(cluster.Propose(cluster.Live.First(node => node.LeadsAnnounced), command)));
    }

    private static void AwaitLevel(SimulatedCluster cluster, int level, string except = "", int seconds = 60) => cluster.RunUntil(
        () => cluster.Live.Where(node => node.Name != except).All(node => node.Tally.Levels.LastOrDefault() == level)
            && cluster.Live.Any(node => node.LeadsAnnounced),
        seconds,
        $"at level {level}");

    private static void AssertLevel(SimulatedCluster cluster, int level) =>
        Assert.All(cluster.Live, node => Assert.Equal(level, node.Tally.Levels[^1]));
}
