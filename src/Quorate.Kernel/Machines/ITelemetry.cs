using System.Diagnostics.Metrics;

namespace Quorate.Kernel.Machines;

/// <summary>How much an event matters.</summary>
public enum Severity
{
    /// <summary>Detail for a developer.</summary>
    Debug,

    /// <summary>A normal step that an operator may want to see.</summary>
    Information,

    /// <summary>Something that the node handled but that should not happen often.</summary>
    Warning,

    /// <summary>Something that the node could not handle.</summary>
    Error,
}

/// <summary>Where a machine reports what happens. In the simulator every event is part of the trace.</summary>
public interface ITelemetry
{
    /// <summary>Whether an event of this severity is kept; ask before building an expensive text.</summary>
    /// <param name="severity">The severity asked about.</param>
    bool IsEnabled(Severity severity);

    /// <summary>Records one event. Never blocks and never throws. The text holds no secret.</summary>
    /// <param name="severity">How much it matters.</param>
    /// <param name="component">Which block speaks, such as <c>raft</c>.</param>
    /// <param name="text">What happened.</param>
    void Record(Severity severity, string component, string text);

    /// <summary>
    /// Marks a branch that is rarely taken and must be right when it is. In the simulator it is counted, and the project's own tests fail
    /// when a marked branch was never reached over their seeds; elsewhere nothing happens.
    /// </summary>
    /// <param name="branch">A literal that says where: the block, a colon, and what happens, such as <c>raft: a vote is split</c>.</param>
    void Sometimes(string branch)
    {
    }

    /// <summary>
    /// Opens a meter, which the caller disposes; null where nobody can listen. The process holds a meter until then, and in the simulator
    /// a node that crashes disposes nothing.
    /// </summary>
    /// <param name="name">The meter's name, such as <c>Quorate.Replication</c>.</param>
    Meter? OpenMeter(string name);
}
