namespace Quorate.Checking.Pages.Figures;

/// <summary>One axis of a chart.</summary>
/// <param name="Name">What it counts, with its unit.</param>
/// <param name="IsLogarithmic">Whether equal lengths are equal ratios. What is not above zero then stands at the low end, marked 0.</param>
public sealed record ChartAxis(string Name, bool IsLogarithmic = false)
{
    /// <summary>The least value shown; null for what the points need.</summary>
    public double? Min { get; init; }

    /// <summary>The greatest value shown; null for what the points need.</summary>
    public double? Max { get; init; }
}

/// <summary>One measured point.</summary>
/// <param name="X">Along.</param>
/// <param name="Y">Up.</param>
public readonly record struct ChartPoint(double X, double Y);

/// <summary>Points that belong together, joined by a line in their order.</summary>
/// <param name="Name">What they are.</param>
/// <param name="Points">The points; each is finite.</param>
public sealed record ChartSeries(string Name, IReadOnlyList<ChartPoint> Points);

/// <summary>A part of the x axis that is shaded.</summary>
/// <param name="From">Where it begins.</param>
/// <param name="To">Where it ends.</param>
/// <param name="Name">What it is.</param>
public sealed record ChartBand(double From, double To, string Name);

/// <summary>A chart of measured points.</summary>
/// <param name="Title">What it shows, in a line.</param>
/// <param name="X">The axis along.</param>
/// <param name="Y">The axis up.</param>
/// <param name="Series">At most <see cref="SeriesMax"/>, of at most <see cref="PointsMax"/> points each.</param>
public sealed record PageChart(string Title, ChartAxis X, ChartAxis Y, IReadOnlyList<ChartSeries> Series)
{
    /// <summary>The most series: more could not be told apart without colour.</summary>
    public const int SeriesMax = 8;

    /// <summary>The most points of a series.</summary>
    public const int PointsMax = 1_000;

    /// <summary>What is shaded; nothing by default.</summary>
    public IReadOnlyList<ChartBand> Bands { get; init; } = [];
}
