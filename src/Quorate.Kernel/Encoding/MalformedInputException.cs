namespace Quorate.Kernel.Encoding;

/// <summary>Bytes from outside do not have the form that they should have.</summary>
/// <param name="message">What is wrong with them.</param>
public sealed class MalformedInputException(string message) : FormatException(message);
