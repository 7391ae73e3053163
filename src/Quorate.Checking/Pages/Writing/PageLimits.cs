namespace Quorate.Checking.Pages.Writing;

/// <summary>Bounds of a page.</summary>
public sealed record PageLimits
{
    /// <summary>The most bytes of the whole page. Default 2,000,000; at least 250,000.</summary>
    public int BytesMax { get; init; } = 2_000_000;

    /// <summary>The most characters of one label or detail; the rest is cut off. Default 300.</summary>
    public int TextMax { get; init; } = 300;

    /// <summary>The most characters of the violation in words; the rest is cut off. Default 20,000.</summary>
    public int ViolationMax { get; init; } = 20_000;

    /// <summary>The most lanes; a page with more is refused. Default 1,000.</summary>
    public int LanesMax { get; init; } = 1_000;
}

/// <summary>What of a run is on the page.</summary>
/// <param name="Bytes">The size of the page.</param>
/// <param name="Events">How many messages, marks, spans and operations there were.</param>
/// <param name="Kept">How many of them are on the page.</param>
public readonly record struct PageSize(int Bytes, int Events, int Kept);
