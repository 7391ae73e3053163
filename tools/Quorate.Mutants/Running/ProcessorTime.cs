namespace Quorate.Mutants.Running;

/// <summary>A clock of the processor time that this process has spent.</summary>
internal sealed class ProcessorTime : TimeProvider
{
    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => Environment.CpuUsage.TotalTime.Ticks;
}
