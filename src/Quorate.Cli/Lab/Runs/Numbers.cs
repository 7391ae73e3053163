using System.Globalization;

namespace Quorate.Cli.Lab.Runs;

/// <summary>Figures as words, the same everywhere.</summary>
internal static class Numbers
{
    /// <summary>A count.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A part of a whole, in per cent.</summary>
    public static string Percent(double part) => part.ToString("0.0 %", CultureInfo.InvariantCulture);

    /// <summary>A time in milliseconds.</summary>
    public static string Ms(double milliseconds) => milliseconds.ToString("0.## ms", CultureInfo.InvariantCulture);

    /// <summary>A number.</summary>
    public static string Plain(double number) => number.ToString("0.###", CultureInfo.InvariantCulture);

    /// <summary>A part of a whole; 0 where there is no whole.</summary>
    public static double Part(long part, long whole) => whole == 0 ? 0 : (double)part / whole;

    /// <summary>The value that this part of the values does not exceed (nearest rank); 0 where there are none.</summary>
    public static double Quantile(IReadOnlyList<double> values, double part)
    {
        if (values.Count == 0)
            return 0;
        var sorted = values.Order().ToArray();
        return sorted[Math.Clamp((int)Math.Ceiling(part * sorted.Length) - 1, 0, sorted.Length - 1)];
    }
}
