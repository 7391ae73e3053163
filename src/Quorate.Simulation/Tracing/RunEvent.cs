using Quorate.Kernel.Machines;

namespace Quorate.Simulation.Tracing;

/// <summary>One thing that happened in a recorded world.</summary>
/// <param name="At">When, in virtual time.</param>
public abstract record RunEvent(TimeSpan At);

/// <summary>How a message travels.</summary>
public enum MessageForm
{
    /// <summary>A datagram.</summary>
    Datagram,

    /// <summary>A piece of a connection's bytes.</summary>
    Stream,

    /// <summary>A connection's own word: the end of a direction, or a reset.</summary>
    Control,
}

/// <summary>Why a message came to nothing.</summary>
public enum LossCause
{
    /// <summary>The network lost it.</summary>
    Loss,

    /// <summary>A partition cut it off.</summary>
    Cut,

    /// <summary>Nobody took it: the machine was down, or nothing listened, or the queue was full.</summary>
    NoReceiver,

    /// <summary>Its connection was reset.</summary>
    Reset,
}

/// <summary>A message was sent.</summary>
/// <param name="At">When.</param>
/// <param name="Id">Joins it with its end, a <see cref="MessageArrived"/> or <see cref="MessageLost"/>; none while it is under way.</param>
/// <param name="From">The sending machine.</param>
/// <param name="To">The machine that it is for.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Form">How it travels.</param>
/// <param name="Label">What it says, where anybody can tell.</param>
/// <param name="IsCopy">Whether the network made it out of the one sent before.</param>
public sealed record MessageSent(
    TimeSpan At, long Id, string From, string To, int Bytes, MessageForm Form, MessageLabel? Label, bool IsCopy = false) : RunEvent(At);

/// <summary>A message arrived.</summary>
/// <param name="At">When.</param>
/// <param name="Id">Which.</param>
public sealed record MessageArrived(TimeSpan At, long Id) : RunEvent(At);

/// <summary>A message came to nothing.</summary>
/// <param name="At">When that was certain.</param>
/// <param name="Id">Which.</param>
/// <param name="Cause">Why.</param>
public sealed record MessageLost(TimeSpan At, long Id, LossCause Cause) : RunEvent(At);

/// <summary>A message of a connection is held up by loss, a cut or a silent peer, and sent again later.</summary>
/// <param name="At">When it should have arrived.</param>
/// <param name="Id">Which.</param>
public sealed record MessageHeld(TimeSpan At, long Id) : RunEvent(At);

/// <summary>What became of a machine.</summary>
public enum MachineStep
{
    /// <summary>It booted.</summary>
    Booted,

    /// <summary>It crashed.</summary>
    Crashed,

    /// <summary>It was asked to stop.</summary>
    Stopping,

    /// <summary>It stopped as it was asked to.</summary>
    Stopped,

    /// <summary>It stopped itself because its disk failed.</summary>
    StoppedItself,

    /// <summary>It was paused.</summary>
    Paused,

    /// <summary>It runs on after a pause.</summary>
    Resumed,
}

/// <summary>A machine boots, dies, pauses or goes on.</summary>
/// <param name="At">When.</param>
/// <param name="Machine">Which.</param>
/// <param name="Step">What.</param>
public sealed record MachineChanged(TimeSpan At, string Machine, MachineStep Step) : RunEvent(At);

/// <summary>What became of the way from one machine to another.</summary>
public enum LinkStep
{
    /// <summary>It was cut; cuts add up.</summary>
    Cut,

    /// <summary>One cut was taken back.</summary>
    Mended,

    /// <summary>What travels on it waits.</summary>
    Clogged,

    /// <summary>It carries again.</summary>
    Unclogged,

    /// <summary>The connections between the two were reset.</summary>
    Reset,
}

/// <summary>The way from one machine to another is cut or mended, clogged or free.</summary>
/// <param name="At">When.</param>
/// <param name="From">From which machine.</param>
/// <param name="To">To which machine.</param>
/// <param name="Step">What.</param>
/// <param name="Until">With <see cref="LinkStep.Clogged"/>, the time by which it is over.</param>
public sealed record LinkChanged(TimeSpan At, string From, string To, LinkStep Step, TimeSpan? Until = null) : RunEvent(At);

/// <summary>Every cut and clog of the network is gone.</summary>
/// <param name="At">When.</param>
public sealed record NetworkHealed(TimeSpan At) : RunEvent(At);

/// <summary>What a knob is part of.</summary>
public enum KnobOwner
{
    /// <summary>The network of the world.</summary>
    Network,

    /// <summary>A machine's disk.</summary>
    Disk,

    /// <summary>A machine's clock.</summary>
    Clock,
}

/// <summary>A knob of the network, of a disk or of a clock was turned.</summary>
/// <param name="At">When.</param>
/// <param name="Machine">Whose; null for the network.</param>
/// <param name="Owner">What of it.</param>
/// <param name="Knob">Which knob.</param>
/// <param name="Text">What it is set to, for people.</param>
/// <param name="IsFaulty">Whether that is a fault; false where it is healthy again.</param>
/// <param name="IsInstant">Whether it happens once and does not last, such as a jump of a clock.</param>
public sealed record KnobTurned(
    TimeSpan At, string? Machine, KnobOwner Owner, string Knob, string Text, bool IsFaulty, bool IsInstant = false) : RunEvent(At);

/// <summary>An operation of a disk failed.</summary>
/// <param name="At">When.</param>
/// <param name="Machine">Whose disk.</param>
/// <param name="Text">With what error.</param>
public sealed record DiskFailed(TimeSpan At, string Machine, string Text) : RunEvent(At);

/// <summary>A machine reported something.</summary>
/// <param name="At">When.</param>
/// <param name="Machine">Which.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Component">Which block speaks.</param>
/// <param name="Text">What it says.</param>
public sealed record TelemetryReported(TimeSpan At, string Machine, Severity Severity, string Component, string Text) : RunEvent(At);

/// <summary>Whoever drives the run noted something, by <see cref="RunRecord.Note"/>.</summary>
/// <param name="At">When.</param>
/// <param name="Machine">On which machine; null for the world.</param>
/// <param name="Kind">What kind of thing, such as <c>commit</c>.</param>
/// <param name="Text">What.</param>
public sealed record RunNoted(TimeSpan At, string? Machine, string Kind, string Text) : RunEvent(At);
