namespace Quorate.Storage.Logs;

/// <summary>
/// A write or a sync of the log failed, so nobody knows what is on the device, and a second sync would prove nothing. Every later call
/// of this log fails. The node stops; what was acknowledged is found again by opening the log anew.
/// </summary>
/// <param name="message">What failed.</param>
/// <param name="inner">The first failure.</param>
/// <remarks>Source: Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020 (known as fsyncgate).</remarks>
public sealed class PoisonedLogException(string message, Exception inner) : IOException(message, inner);
