namespace Quorate.Testing.Running;

/// <summary>Something that must come about did not.</summary>
internal sealed class LivenessException(string message) : Exception(message);
