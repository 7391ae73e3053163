using System.Globalization;

namespace Quorate.Cli.Lab.FailureDetection;

/// <summary>
/// Watches the heartbeats of one node: it suspects the node from a moment on that each heartbeat moves, and no more when the next one comes.
/// All times are milliseconds of the watcher's clock.
/// </summary>
/// <param name="family">What kind of detector it is.</param>
/// <param name="setting">Its one setting.</param>
/// <param name="wait">How long after a heartbeat it waits for the next, by what it has seen of the intervals.</param>
internal sealed class Detector(string family, double setting, Func<IntervalWindow, double> wait)
{
    private readonly List<double> detections = [];
    private double suspectsFrom = double.PositiveInfinity;

    /// <summary>What kind of detector it is.</summary>
    public string Family => family;

    /// <summary>Its one setting.</summary>
    public double Setting => setting;

    /// <summary>How often it suspected a node that was up.</summary>
    public int Mistakes { get; private set; }

    /// <summary>For how long it did, in all.</summary>
    public double MistakenMs { get; private set; }

    /// <summary>How long after each crash it suspected the node.</summary>
    public IReadOnlyList<double> Detections => detections;

    /// <summary>One that waits for a fixed time.</summary>
    public static Detector Fixed(double timeoutMs) => new("time-out", timeoutMs, _ => timeoutMs);

    /// <summary>
    /// One that suspects when its suspicion passes a threshold: minus the logarithm of how likely it is that a heartbeat comes still later,
    /// taking the intervals for normally distributed.
    /// </summary>
    /// <remarks>Source: Hayashibara and others, "The phi accrual failure detector", SRDS 2004.</remarks>
    public static Detector Phi(double threshold)
    {
        var deviations = NormalTail.DeviationsOf(threshold);
        return new("phi", threshold, window => window.Mean + deviations * window.Deviation);
    }

    /// <summary>A heartbeat came.</summary>
    public void Hear(double now, IntervalWindow window)
    {
        if (now > suspectsFrom)
        {
            Mistakes++;
            MistakenMs += now - suspectsFrom;
        }
        suspectsFrom = now + wait(window);
    }

    /// <summary>The node crashed, and is still down now: it is suspected by now, or never was.</summary>
    public void JudgeCrash(double crashed, double now)
    {
        detections.Add(suspectsFrom <= now ? Math.Max(0, suspectsFrom - crashed) : double.PositiveInfinity);
        // What was suspected before the crash was a mistake until then.
        if (suspectsFrom < crashed)
        {
            Mistakes++;
            MistakenMs += crashed - suspectsFrom;
        }
        suspectsFrom = double.PositiveInfinity;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{family} {setting:0.##}");
}

/// <summary>The last intervals between heartbeats.</summary>
internal sealed class IntervalWindow
{
    private const int KeptMax = 200;

    // Without a floor a quiet network would make any delay a suspicion.
    private const double DeviationMinMs = 10;
    private readonly Queue<double> kept = new();
    private double sum;
    private double squares;

    /// <summary>Their mean; what is expected before there are any.</summary>
    public double Mean => kept.Count == 0 ? Heartbeats.EveryMs : sum / kept.Count;

    /// <summary>Their standard deviation, which has a floor.</summary>
    public double Deviation => kept.Count == 0
        ? DeviationMinMs : Math.Max(DeviationMinMs, Math.Sqrt(Math.Max(0, squares / kept.Count - Mean * Mean)));

    /// <summary>Takes one in; the oldest goes.</summary>
    public void Add(double interval)
    {
        kept.Enqueue(interval);
        sum += interval;
        squares += interval * interval;
        if (kept.Count <= KeptMax)
            return;
        var gone = kept.Dequeue();
        sum -= gone;
        squares -= gone * gone;
    }
}

/// <summary>The tail of the normal distribution.</summary>
internal static class NormalTail
{
    /// <summary>How many standard deviations lie below what is exceeded with a probability of ten to minus this.</summary>
    /// <remarks>Source: Abramowitz and Stegun, Handbook of mathematical functions, 26.2.23; off by less than 0.00045.</remarks>
    public static double DeviationsOf(double phi)
    {
        var probability = Math.Pow(10, -phi);
        if (probability >= 0.5)
            return 0;
        var t = Math.Sqrt(-2 * Math.Log(probability));
        return t - (2.515517 + 0.802853 * t + 0.010328 * t * t) / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t * t * t);
    }
}
