using System.CommandLine;
using Quorate.Hosting.Nodes;
using Quorate.Kernel.Machines;
using Quorate.Protocols.Raft;
using Quorate.Server.Etcd;
using Quorate.Services.Replication.Levels;

namespace Quorate.Cli.Nodes;

/// <summary>The flags that both ways of starting nodes have.</summary>
/// <param name="least">The least severity of events that is shown where the command line does not say.</param>
internal sealed class SharedFlags(Severity least) : IAsyncDisposable
{
    private readonly LimitFlags limits = new();
    private AuditFile? audit;

    private readonly Option<int> requestBytesMax = new("--request-bytes-max")
    {
        Description = "The largest writing request, in bytes; larger ones get \"etcdserver: request is too large\".",
        DefaultValueFactory = _ => 3 << 19,
        HelpName = "BYTES",
    };

    private readonly Option<int> election = new("--election-timeout")
    {
        Description = "The shortest time without a leader before an election, in milliseconds; the same on every node.",
        DefaultValueFactory = _ => (int)RaftOptions.Lan.ElectionTimeout.TotalMilliseconds,
        HelpName = "MS",
    };

    private readonly Option<int> heartbeat = new("--heartbeat")
    {
        Description = "The time between a leader's heartbeats, in milliseconds; at most a third of the election timeout.",
        DefaultValueFactory = _ => (int)RaftOptions.Lan.HeartbeatInterval.TotalMilliseconds,
        HelpName = "MS",
    };

    private readonly Option<long> quota = new("--quota-bytes")
    {
        Description = "The most bytes of the store's keys and history; beyond it puts get \"etcdserver: mvcc: database space exceeded\" "
            + "until keys are deleted, history is compacted and the alarm is disarmed. 0: no bound. Default: 2 GiB.",
        DefaultValueFactory = _ => 2L << 30,
        HelpName = "BYTES",
    };

    private readonly Option<string> compactionMode = new(RetentionFlags.Mode)
    {
        Description = "What --auto-compaction-retention counts.",
        DefaultValueFactory = _ => "periodic",
        HelpName = "periodic|revision",
    };

    private readonly Option<string> compactionRetention = new(RetentionFlags.Retention)
    {
        Description = "How much history is kept: hours or a duration such as 30m, or a number of revisions. 0: all of it.",
        DefaultValueFactory = _ => "0",
        HelpName = "RETENTION",
    };

    private readonly Option<string> authToken = new("--auth-token")
    {
        Description = "What a log-in gives: simple, or jwt,pub-key=FILE,priv-key=FILE,sign-method=RS256,ttl=5m (RS, PS, ES or HS with 256, 384 or "
            + "512; for HS priv-key holds the secret). The same on every node.",
        DefaultValueFactory = _ => TokenFlag.Simple,
        HelpName = "simple|jwt,…",
    };

    private readonly Option<int> tokenTtl = new("--auth-token-ttl")
    {
        Description = "How long a simple token lives without being used, in seconds.",
        DefaultValueFactory = _ => 300,
        HelpName = "S",
    };

    private readonly Option<string> auditLog = new("--audit-log")
    {
        Description = "Where log-ins, refused calls and changes of users, roles and members are written down, one JSON object a line; at 64 MiB "
            + "the file begins anew and the one before is kept as FILE.1. Default: events of information, see --log.",
        HelpName = "FILE",
    };

    private readonly Option<string> corruptCheck = new("--corrupt-check-time")
    {
        Description = "How often the leader compares the replicas' states and has one repaired that is not like the others, "
            + "such as 1m or 30s. 0: never.",
        DefaultValueFactory = _ => "1m",
        HelpName = "DURATION",
    };

    private readonly Option<string> scrub = new("--scrub-interval")
    {
        Description = "How long after a pass over all its files a node reads them again, slowly, to find what rots. 0: never.",
        DefaultValueFactory = _ => "1h",
        HelpName = "DURATION",
    };

    private readonly Option<int> levelMax = new("--level-max")
    {
        Description = "The highest level of the cluster's log that the node may understand, which keeps the cluster there: as long as one member is "
            + "held, all can go back to the release of that level. See docs/upgrades.md.",
        DefaultValueFactory = _ => FeatureLevel.Newest,
        HelpName = "LEVEL",
    };

    private readonly Option<Severity> log = new("--log")
    {
        Description = "The least severity of events that go to standard error.",
        DefaultValueFactory = _ => least,
        HelpName = "debug|information|warning|error",
    };

    /// <summary>Adds the flags to a command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        Option[] all =
        [
            requestBytesMax, quota, compactionMode, compactionRetention, corruptCheck, scrub,
            authToken, tokenTtl, auditLog, levelMax, election, heartbeat, log,
        ];
        foreach (var option in all)
            command.Options.Add(option);
        limits.AddTo(command);
    }

    /// <summary>The least severity that is shown.</summary>
    public Severity Log(ParseResult line) => line.GetValue(log);

    /// <summary>The largest writing request, in bytes.</summary>
    public int RequestBytesMax(ParseResult line) => line.GetValue(requestBytesMax);

    /// <summary>Puts the flags into a node's options.</summary>
    public NodeOptions Apply(ParseResult line, NodeOptions node) => limits.Apply(line, node) with
    {
        RequestBytesMax = line.GetValue(requestBytesMax),
        QuotaBytes = line.GetValue(quota),
        AutoCompaction = RetentionFlags.Read(line.GetValue(compactionMode)!, line.GetValue(compactionRetention)!),
        Auth = node.Auth with
        {
            Jwt = TokenFlag.Read(line.GetValue(authToken)!),
            TokenTtl = line.GetValue(tokenTtl) is > 0 and var seconds
                ? TimeSpan.FromSeconds(seconds) : throw new UsageException("--auth-token-ttl must be at least 1."),
            Audit = Audit(line),
        },
        HashCheckInterval = GoDuration.Read("--corrupt-check-time", line.GetValue(corruptCheck)!),
        ScrubInterval = GoDuration.Read("--scrub-interval", line.GetValue(scrub)!),
        LevelMax = line.GetValue(levelMax),
        Raft = node.Raft with
        {
            ElectionTimeout = TimeSpan.FromMilliseconds(line.GetValue(election)),
            HeartbeatInterval = TimeSpan.FromMilliseconds(line.GetValue(heartbeat)),
        },
    };

    /// <summary>Puts the flags into an endpoint's options.</summary>
    /// <exception cref="UsageException">A value is out of its bounds.</exception>
    public EtcdEndpointOptions Apply(ParseResult line, EtcdEndpointOptions endpoint, string node, int nodes = 1) =>
        limits.Apply(line, endpoint, nodes, NodeLog.Of(node, "clients", Log(line)));

    /// <summary>Closes what the flags opened, once the nodes have stopped.</summary>
    public async ValueTask DisposeAsync()
    {
        if (audit is not null)
            await audit.DisposeAsync();
    }

    // The nodes of one process share the file.
    private AuditFile? Audit(ParseResult line) =>
        line.GetValue(auditLog) is { } path ? audit ??= AuditFile.Open(Path.GetFullPath(path)) : null;

    /// <summary>Refuses options that cannot work, before anything is started.</summary>
    /// <exception cref="UsageException">Says what is wrong.</exception>
    public static NodeOptions Checked(NodeOptions node)
    {
        var violations = NodeOptionsRules.Violations(node);
        return violations.Count == 0 ? node : throw new UsageException(string.Join(" ", violations));
    }
}
