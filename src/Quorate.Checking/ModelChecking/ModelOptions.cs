namespace Quorate.Checking.ModelChecking;

/// <summary>In which order states are explored.</summary>
public enum ModelOrder
{
    /// <summary>Nearest first: the first violation comes with a shortest path.</summary>
    BreadthFirst,

    /// <summary>Deepest first: few states wait to be explored, and a violation far away is met early; its path is not the
    /// shortest.</summary>
    DepthFirst,
}

/// <summary>How much is kept of a state that was seen.</summary>
public enum FingerprintSize
{
    /// <summary>64 bits: of n states, two have one fingerprint with a chance of about n²/2⁶⁵ (3·10⁻⁶ at ten million), and what only the
    /// second leads to is then missed.</summary>
    Bits64,

    /// <summary>128 bits: the chance is about n²/2¹²⁹.</summary>
    Bits128,
}

/// <summary>How a model is explored, and how far.</summary>
public sealed record ModelOptions
{
    /// <summary>The order. Default breadth first.</summary>
    public ModelOrder Order { get; init; }

    /// <summary>What is kept of each state. Default 128 bits.</summary>
    public FingerprintSize Fingerprint { get; init; } = FingerprintSize.Bits128;

    /// <summary>The most different states; beyond it the verdict is <see cref="ModelOutcome.Unknown"/>. Default 50,000,000.</summary>
    public int StatesMax { get; init; } = 50_000_000;

    /// <summary>The longest path; beyond it the verdict is <see cref="ModelOutcome.Unknown"/>. Default 1,000,000.</summary>
    public int DepthMax { get; init; } = 1_000_000;

    /// <summary>The most bytes that the checker itself takes for what it saw and what it still explores; beyond it the verdict is <see
    /// cref="ModelOutcome.Unknown"/>. What the model keeps is its own. Default 1 GiB.</summary>
    public long MemoryBytesMax { get; init; } = 1L << 30;

    /// <summary>Told now and then how far the check is: after each <see cref="ProgressStates"/> states. Default none.</summary>
    public Action<ModelProgress>? Progress { get; init; }

    /// <summary>How many states are explored between two reports. Default 16,384.</summary>
    public int ProgressStates { get; init; } = 1 << 14;
}

/// <summary>How far a check is.</summary>
/// <param name="States">Different states seen.</param>
/// <param name="Steps">Steps tried.</param>
/// <param name="Depth">The length of the path to the state explored now.</param>
/// <param name="Frontier">States seen and not yet explored.</param>
/// <param name="MemoryBytes">Bytes taken.</param>
public readonly record struct ModelProgress(long States, long Steps, int Depth, long Frontier, long MemoryBytes);
