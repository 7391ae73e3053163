using Quorate.Simulation.Schedules;

namespace Quorate.Testing.Reports;

/// <summary>The schedule, which replays the run.</summary>
public sealed class ScheduleArtifact : IFailureArtifact
{
    /// <inheritdoc/>
    public string Name => "schedule";

    /// <inheritdoc/>
    public string Extension => ".schedule.json";

    /// <inheritdoc/>
    public void Write(FailedRun run, TextWriter output) => ScheduleWriter.Write(run.Schedule, output);
}
