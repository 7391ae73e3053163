namespace Quorate.Simulation.Tracing;

/// <summary>Puts bytes of a protocol into words, for those who look at a run.</summary>
/// <remarks>
/// Guarantee asked of an implementation: it never throws, whatever the bytes are, and changes nothing in the run.
/// Cost: once a piece that is sent, and only where a run is recorded.
/// Fails when: never; what it cannot read has no label.
/// Source: the dissectors of packet analysers.
/// </remarks>
public interface IMessageLabeler
{
    /// <summary>What this piece says, or null where it says nothing whole.</summary>
    /// <param name="bytes">The next piece, in order; not valid after the call.</param>
    MessageLabel? Label(ReadOnlySpan<byte> bytes);
}

/// <summary>A message in words.</summary>
/// <param name="Text">Its kind in a word or two, such as <c>vote?</c>.</param>
/// <param name="Detail">What it says, such as its term and index.</param>
/// <param name="IsRoutine">Whether it says nothing new, such as a heartbeat: the first to be left out of a drawing.</param>
public readonly record struct MessageLabel(string Text, string Detail = "", bool IsRoutine = false);
