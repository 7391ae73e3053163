using System.Globalization;

namespace Quorate.Checking.Pages.Figures;

/// <summary>From a value of an axis to a place between two ends, and the ticks to draw.</summary>
internal sealed class ChartScale
{
    private const int TicksAbout = 5;
    private readonly double from;
    private readonly double to;
    private readonly double low;
    private readonly double high;
    private readonly bool isLogarithmic;
    private readonly bool hasZero;

    /// <param name="axis">The axis.</param>
    /// <param name="values">What is on it.</param>
    /// <param name="from">Where its low end is drawn.</param>
    /// <param name="to">Where its high end is drawn.</param>
    public ChartScale(ChartAxis axis, IReadOnlyCollection<double> values, double from, double to)
    {
        (this.from, this.to, isLogarithmic) = (from, to, axis.IsLogarithmic);
        if (isLogarithmic)
        {
            hasZero = values.Any(v => v <= 0);
            var above = values.Where(v => v > 0).DefaultIfEmpty(1).ToArray();
            low = Math.Floor(Math.Log10(axis.Min ?? above.Min()));
            high = Math.Ceiling(Math.Log10(axis.Max ?? above.Max()));
            // A decade of its own for what has no logarithm.
            low -= hasZero ? 1 : 0;
        }
        else
            (low, high) = (axis.Min ?? Math.Min(0, values.DefaultIfEmpty(0).Min()), axis.Max ?? values.DefaultIfEmpty(1).Max());
        if (high <= low)
            high = low + 1;
    }

    /// <summary>Where a value is drawn; what is beyond an end stands at the end.</summary>
    public double PlaceOf(double value)
    {
        var at = !isLogarithmic ? value : value > 0 ? Math.Log10(value) : low;
        return from + (to - from) * ((Math.Clamp(at, low, high) - low) / (high - low));
    }

    /// <summary>Values with their words.</summary>
    public IEnumerable<(double Value, string Words)> Ticks()
    {
        if (isLogarithmic)
        {
            for (var power = low; power <= high; power++)
                yield return (Math.Pow(10, power), hasZero && power == low ? "0" : Words(Math.Pow(10, power)));
            yield break;
        }
        var step = StepOf((high - low) / TicksAbout);
        for (var n = Math.Ceiling(low / step); n * step <= high + step / 1000; n++)
            yield return (n * step, Words(n * step));
    }

    private static double StepOf(double about)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(about)));
        return power * ((about / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 });
    }

    private static string Words(double value) => value.ToString("#,0.######", CultureInfo.InvariantCulture);
}
