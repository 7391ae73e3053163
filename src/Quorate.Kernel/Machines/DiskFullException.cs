namespace Quorate.Kernel.Machines;

/// <summary>The device has no room.</summary>
/// <param name="message">Which file, and what was tried.</param>
/// <param name="inner">The operating system's own error, where there is one.</param>
public sealed class DiskFullException(string message, Exception? inner = null) : IOException(message, inner);
