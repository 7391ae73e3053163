namespace Quorate.Client;

/// <summary>How a cluster that speaks etcd's protocol is reached.</summary>
public sealed record EtcdClientOptions
{
    /// <summary>
    /// Where the cluster's members serve their clients: each <c>HOST:PORT</c>, <c>http://HOST:PORT</c> or <c>https://HOST:PORT</c>. From 1 to 64;
    /// name all of them, as no others are used.
    /// </summary>
    public required IReadOnlyList<string> Endpoints { get; init; }

    /// <summary>TLS towards the endpoints. Default null: none, unless an endpoint begins with <c>https://</c>.</summary>
    public EtcdTls? Tls { get; init; }

    /// <summary>The user's name. Default null: calls are made as nobody.</summary>
    public string? User { get; init; }

    /// <summary>The user's password. Required with <see cref="User"/>.</summary>
    public string? Password { get; init; }

    /// <summary>Whether endpoints elsewhere than on loopback may be reached without TLS. Default false.</summary>
    public bool AllowInsecure { get; init; }

    /// <summary>How long a call is waited for, with all that is tried for it. Default 5 s, from 100 ms to 10 minutes.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long an endpoint may answer nothing at all before it is asked whether it lives, and a call that may be repeated goes to another one.
    /// Default 1 s, from 50 ms to 1 minute; a connection is waited for as long.
    /// </summary>
    public TimeSpan SilenceMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause between two attempts to reach an endpoint that is down. Default 3 s, from 50 ms to 1 minute.</summary>
    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The largest answer. Default 64 MiB, from 64 KiB to 1 GiB; a call with a larger one fails.</summary>
    public int MessageBytesMax { get; init; } = 64 << 20;

    /// <summary>The most calls under way. Default 1,024, from 1 to 65,536; one more is refused at once.</summary>
    public int CallsMax { get; init; } = 1024;

    /// <summary>The most open streams of watches. Default 4,096, from 1 to 65,536; one more ends at once with an error.</summary>
    public int WatchStreamsMax { get; init; } = 4096;

    /// <summary>Everything that is wrong with the options, one sentence each; empty where nothing is.</summary>
    public IReadOnlyList<string> Violations() => EtcdClientRules.Violations(this);
}
