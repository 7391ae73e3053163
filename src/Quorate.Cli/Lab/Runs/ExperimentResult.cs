using Quorate.Checking.Pages.Figures;

namespace Quorate.Cli.Lab.Runs;

/// <summary>What theory says must be seen, and whether it was.</summary>
/// <param name="Text">What must be seen, in a line.</param>
/// <param name="Holds">Whether it was seen.</param>
/// <param name="Measured">What was seen, in figures.</param>
internal sealed record Claim(string Text, bool Holds, string Measured);

/// <summary>What came of an experiment.</summary>
internal sealed record ExperimentResult
{
    /// <summary>How it was set up, a sentence or two a line.</summary>
    public required IReadOnlyList<string> SetUp { get; init; }

    /// <summary>What was measured.</summary>
    public required IReadOnlyList<PageTable> Tables { get; init; }

    /// <summary>What theory says; at least one.</summary>
    public required IReadOnlyList<Claim> Claims { get; init; }

    /// <summary>The worlds that were run.</summary>
    public required WorldTally Worlds { get; init; }

    /// <summary>The measured curves, if there are any.</summary>
    public IReadOnlyList<PageChart> Charts { get; init; } = [];

    /// <summary>The most telling world, where it was filmed.</summary>
    public Film? Film { get; init; }

    /// <summary>Whether all that theory says was seen.</summary>
    public bool IsShown => Claims.Count > 0 && Claims.All(c => c.Holds);
}
