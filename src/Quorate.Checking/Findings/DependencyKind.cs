namespace Quorate.Checking.Findings;

/// <summary>Why one operation comes before another.</summary>
[Flags]
public enum DependencyKind : byte
{
    /// <summary>No reason.</summary>
    None = 0,

    /// <summary>ww: the second overwrote what the first wrote.</summary>
    WriteWrite = 1,

    /// <summary>wr: the second read what the first wrote.</summary>
    WriteRead = 2,

    /// <summary>rw: the second overwrote what the first read.</summary>
    ReadWrite = 4,

    /// <summary>One process did the one after the other.</summary>
    Process = 8,

    /// <summary>The first was completed before the second was invoked.</summary>
    RealTime = 16,
}
