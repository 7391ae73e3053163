namespace Quorate.Interop.Chaos;

/// <summary>What the clients of a recorded run do.</summary>
/// <param name="CallTimeout">How long a client waits for an answer.</param>
internal sealed record RecordedLoad(TimeSpan CallTimeout)
{
    /// <summary>Where their keys are; nothing was written there before.</summary>
    public string Prefix { get; init; } = "chaos/";

    /// <summary>How many keys they share.</summary>
    public int Keys { get; init; } = 4;

    /// <summary>How long a client waits after an answer.</summary>
    public TimeSpan Pause { get; init; }
}
