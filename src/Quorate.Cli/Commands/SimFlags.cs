namespace Quorate.Cli.Commands;

/// <summary>What was asked of <c>quorate sim</c>.</summary>
internal sealed record SimFlags(
    string Name,
    ulong? Seed,
    string? Seeds,
    string? Schedule,
    bool Shrink,
    double ShrinkSeconds,
    string? Json,
    string? Html,
    int Jobs,
    bool KeepGoing)
{
    /// <summary>In how many ways it was said what to run: one is right.</summary>
    public int Sources => (Seed is null ? 0 : 1) + (Seeds is null ? 0 : 1) + (Schedule is null ? 0 : 1);
}
