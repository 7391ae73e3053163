namespace Quorate.Cli.Lab.RetryStorm;

/// <summary>What clients and server do about requests that take too long.</summary>
/// <param name="Name">In words.</param>
/// <param name="RetriesMax">How often a client tries again.</param>
internal sealed record RetryPolicy(string Name, int RetriesMax)
{
    /// <summary>How long a client waits before its first retry, drawn up to this and twice as long each time; zero is at once.</summary>
    public TimeSpan Backoff { get; init; }

    /// <summary>How many retries the clients may make for each request, on the long average; null is no bound.</summary>
    public double? Budget { get; init; }

    /// <summary>Whether the server drops what has waited too long to be of use.</summary>
    public bool Sheds { get; init; }

    /// <summary>Nobody tries again.</summary>
    public static RetryPolicy None { get; } = new("no retries", 0);

    /// <summary>Everybody does, at once.</summary>
    public static RetryPolicy Naive { get; } = new("naive retries", 3);

    /// <summary>After a growing, drawn wait.</summary>
    public static RetryPolicy Patient { get; } = Naive with { Name = "back-off with jitter", Backoff = TimeSpan.FromMilliseconds(200) };

    /// <summary>At most one retry for ten requests.</summary>
    public static RetryPolicy Budgeted { get; } = Naive with { Name = "retry budget", Budget = 0.1 };

    /// <summary>The server sheds.</summary>
    public static RetryPolicy Shedding { get; } = Naive with { Name = "load shedding", Sheds = true };

    /// <summary>All three.</summary>
    public static RetryPolicy Cured { get; } = Patient with { Name = "all three", Budget = 0.1, Sheds = true };
}
