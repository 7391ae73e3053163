namespace Quorate.Kernel.Machines;

/// <summary>The host is there, and nobody listens: the process that was called does not run.</summary>
/// <param name="message">Who was called.</param>
/// <param name="inner">The operating system's own error, where there is one.</param>
public sealed class ConnectionRefusedException(string message, Exception? inner = null) : IOException(message, inner);
