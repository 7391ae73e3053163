using System.Diagnostics.Tracing;
using Quorate.Simulation.Tracing;

namespace Quorate.Simulation.Execution;

/// <summary>
/// Hears of each task that is given to a scheduler, on the thread that gives it, and so can name the place in the code. The runtime tells it by
/// its event source of tasks; all tasks of the process get slower by that, so it listens only where two runs are compared.
/// </summary>
internal sealed class PoolWatch : EventListener
{
    private const string Tasks = "System.Threading.Tasks.TplEventSource";
    private const int TaskScheduled = 7;
    private const EventKeywords Scheduling = (EventKeywords)3;
    private readonly int thread = Environment.CurrentManagedThreadId;
    private readonly Action<string> found;

    /// <summary>Begins to listen.</summary>
    /// <param name="found">Is told the place of the first task.</param>
    public PoolWatch(Action<string> found) => this.found = found;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Tasks)
            EnableEvents(eventSource, EventLevel.Informational, Scheduling);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventId == TaskScheduled && Environment.CurrentManagedThreadId == thread && CallSites.Here() is { } site)
            found(site);
    }
}
