using System.Net;
using System.Text;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination.Compaction;
using Quorate.Services.Replication.Levels;

namespace Quorate.Hosting.Nodes;

/// <summary>What must hold of a node's options.</summary>
public static class NodeOptionsRules
{
    private const int NameBytesMax = 255;

    /// <summary>Everything that is wrong with a node's options, one sentence each; empty where nothing is.</summary>
    /// <param name="options">The options.</param>
    public static IReadOnlyList<string> Violations(NodeOptions options)
    {
        var found = new List<string>();
        if (!IsName(options.Name))
            found.Add($"The node's name '{options.Name}' must have 1 to {NameBytesMax} bytes and no space, comma or equals sign.");
        if (!IsName(options.Cluster))
            found.Add($"The cluster's name '{options.Cluster}' must have 1 to {NameBytesMax} bytes and no space, comma or equals sign.");
        if (string.IsNullOrWhiteSpace(options.DataFolder))
            found.Add("The node has no data folder.");
        if (options.RequestBytesMax is < NodeOptions.RequestBytesMin or > NodeOptions.RequestBytesLimit)
            found.Add(
                $"The largest request must have {NodeOptions.RequestBytesMin} to {NodeOptions.RequestBytesLimit} bytes, "
                + $"not {options.RequestBytesMax}.");
        if (!IsSecured(options.Listen, options.Tls is not null, options.AllowInsecure))
            found.Add($"{options.Listen} is not a loopback address: give certificates, or allow insecure connections.");
        if (options.LevelMax is < FeatureLevel.First or > FeatureLevel.Newest)
            found.Add($"The highest level must be {FeatureLevel.First} to {FeatureLevel.Newest}, not {options.LevelMax}.");
        CheckSpace(options, found);
        CheckTimes(options, found);
        found.AddRange(options.Limits.Violations());
        CheckMembers(options, found);
        return found;
    }

    /// <summary>Whether an address may be listened on: it is loopback, or has TLS, or insecure connections are allowed.</summary>
    /// <param name="listen">The address.</param>
    /// <param name="tls">Whether it has TLS.</param>
    /// <param name="allowInsecure">Whether insecure connections are allowed.</param>
    public static bool IsSecured(NetworkAddress listen, bool tls, bool allowInsecure) => tls || allowInsecure || IsLoopback(listen.Host);

    private static void CheckSpace(NodeOptions options, List<string> found)
    {
        if (options.QuotaBytes < 0)
            found.Add($"The store's quota must be 0 or more bytes, not {options.QuotaBytes}.");
        if (options.AutoCompaction is AutoCompaction.ByTime { Retention: var time } && time < TimeSpan.FromSeconds(1))
            found.Add("The retention of compaction by time must be at least 1 second.");
        if (options.AutoCompaction is AutoCompaction.ByRevision { Retention: < 1 })
            found.Add("The retention of compaction by revision must be at least 1 revision.");
    }

    private static void CheckTimes(NodeOptions options, List<string> found)
    {
        var raft = options.Raft;
        if (options.HashCheckInterval != TimeSpan.Zero && options.HashCheckInterval < TimeSpan.FromSeconds(1))
            found.Add("The interval of comparing the replicas must be at least 1 s, or 0 for never.");
        if (options.ScrubInterval < TimeSpan.Zero)
            found.Add("The interval of reading the files again must be 0 or longer.");
        if (raft.HeartbeatInterval < TimeSpan.FromMilliseconds(5))
            found.Add("The heartbeat interval must be at least 5 ms.");
        if (raft.ElectionTimeout < 3 * raft.HeartbeatInterval || raft.ElectionTimeout > TimeSpan.FromMinutes(1))
            found.Add("The election timeout must be at least three heartbeat intervals and at most 1 minute.");
    }

    private static void CheckMembers(NodeOptions options, List<string> found)
    {
        if (options.Members.Count is < 1 or > NodeOptions.MembersMax)
            found.Add($"A cluster has 1 to {NodeOptions.MembersMax} members, not {options.Members.Count}.");
        foreach (var bad in options.Members.Where(m => !IsName(m.Name)))
            found.Add($"The member's name '{bad.Name}' must have 1 to {NameBytesMax} bytes and no space, comma or equals sign.");
        foreach (var bad in options.Members.Where(m => m.Address.Port == 0))
            found.Add($"The member '{bad.Name}' has no port that others could dial.");
        foreach (var name in options.Members.GroupBy(m => m.Name).Where(g => g.Count() > 1))
            found.Add($"Two members are named '{name.Key}'.");
        foreach (var address in options.Members.GroupBy(m => m.Address).Where(g => g.Count() > 1))
            found.Add($"Two members have the address {address.Key}.");
        if (options.Join.Count > 0 && options.Members.Count != 1)
            found.Add("A node that joins a running cluster names only itself as a member: it is told of the others.");
        if (options.Replaces is { } dead && (options.Join.Count == 0 || dead == options.Name))
            found.Add("A node that takes a dead member's place joins a running cluster, under another name than the dead one's.");
        if (options.Members.All(m => m.Name != options.Name))
            found.Add($"'{options.Name}' is not one of the cluster's members: {string.Join(", ", options.Members.Select(m => m.Name))}.");
    }

    private static bool IsName(string name) =>
        Encoding.UTF8.GetByteCount(name) is >= 1 and <= NameBytesMax
        && !name.Any(c => c is '=' or ',' || char.IsWhiteSpace(c) || char.IsControl(c));

    private static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
