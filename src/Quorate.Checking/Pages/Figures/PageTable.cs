namespace Quorate.Checking.Pages.Figures;

/// <summary>A table of what was measured.</summary>
/// <param name="Title">What it shows, in a line.</param>
/// <param name="Columns">The heads of its columns.</param>
/// <param name="Rows">Its rows, each with a cell for each column.</param>
public sealed record PageTable(string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>The most rows.</summary>
    public const int RowsMax = 200;
}
