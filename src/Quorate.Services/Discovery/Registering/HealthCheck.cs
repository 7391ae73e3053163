namespace Quorate.Services.Discovery.Registering;

/// <summary>What a check found.</summary>
/// <param name="IsHealthy">Whether all is well.</param>
/// <param name="Reason">What is wrong, or what there is to say; of it and the name of the check the first 64 characters are told.</param>
public readonly record struct CheckResult(bool IsHealthy, string Reason = "")
{
    /// <summary>All is well.</summary>
    public static CheckResult Healthy { get; } = new(true);
}

/// <summary>Something that must be well for an instance to be told to clients.</summary>
/// <param name="Name">What is checked, for people; 1 to 63 bytes.</param>
/// <param name="Run">Checks; an exception means that it is not well.</param>
public sealed record HealthCheck(string Name, Func<CancellationToken, ValueTask<CheckResult>> Run)
{
    /// <summary>How often it runs. Default 500 ms, from 50 ms to 1 hour: with <see cref="Timeout"/>, a failure is noticed within a second.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long it may take; then it has failed. Default 400 ms, from 10 ms to 1 min.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>After how many failures in a row the instance is taken out. Default 1, from 1 to 100.</summary>
    public int FailuresToLeave { get; init; } = 1;

    /// <summary>After how many successes in a row it is back. Default 1, from 1 to 100.</summary>
    public int SuccessesToReturn { get; init; } = 1;

    /// <summary>Refuses values out of their bounds.</summary>
    /// <exception cref="ArgumentException">A value is out of its bounds.</exception>
    internal void Validate()
    {
        if (System.Text.Encoding.UTF8.GetByteCount(Name) is < 1 or > 63)
            throw new ArgumentException($"A check's name must have 1 to 63 bytes, and not '{Name}'.");
        Between(nameof(Interval), Interval, TimeSpan.FromMilliseconds(50), TimeSpan.FromHours(1));
        Between(nameof(Timeout), Timeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        if (FailuresToLeave is < 1 or > 100 || SuccessesToReturn is < 1 or > 100)
            throw new ArgumentException($"{nameof(FailuresToLeave)} and {nameof(SuccessesToReturn)} must be from 1 to 100.");
    }

    private static void Between(string name, TimeSpan value, TimeSpan least, TimeSpan most)
    {
        if (value < least || value > most)
            throw new ArgumentException($"A check's {name} must be from {least} to {most}, not {value}.");
    }
}
