using System.Globalization;

namespace Quorate.Checking.Findings;

/// <summary>What is left of a check's bounds, shared by its parts.</summary>
internal sealed class CheckBudget(CheckLimits limits, CancellationToken cancellationToken)
{
    private const int StepsBetweenLooks = 4096;
    private readonly long start = limits.Clock?.GetTimestamp() ?? 0;
    private long nextLook = StepsBetweenLooks;
    private long partEnd = long.MaxValue;

    public long Steps { get; private set; }

    /// <summary>Which bound was reached, or null while there is room.</summary>
    public string? Exhausted { get; private set; }

    /// <summary>Starts on a part with at most so many steps of what is left.</summary>
    public void Allow(long steps)
    {
        partEnd = steps > long.MaxValue - Steps ? long.MaxValue : Steps + steps;
        Exhausted = null;
        Look();
    }

    /// <summary>Takes steps; false once a bound is reached.</summary>
    public bool TryTake(long steps = 1)
    {
        Steps += steps;
        if (Steps >= nextLook || Steps > partEnd)
            Look();
        return Exhausted is null;
    }

    /// <summary>Whether so many bytes are within the bound; when not, the budget is exhausted.</summary>
    public bool TryHold(long bytes)
    {
        if (bytes <= limits.MemoryBytesMax)
            return true;
        Exhausted ??= string.Create(CultureInfo.InvariantCulture, $"the bound of {limits.MemoryBytesMax >> 20} MiB of memory was reached");
        return false;
    }

    private void Look()
    {
        cancellationToken.ThrowIfCancellationRequested();
        nextLook = Steps + StepsBetweenLooks;
        var end = Math.Min(limits.StepsMax, partEnd);
        if (Steps > end)
            Exhausted ??= string.Create(CultureInfo.InvariantCulture, $"the bound of {end} steps was reached");
        if (limits.Clock is { } clock && limits.TimeMax is { } longest && clock.GetElapsedTime(start) > longest)
            Exhausted ??= string.Create(CultureInfo.InvariantCulture, $"the bound of {longest.TotalSeconds:0.###} s was reached");
    }
}
