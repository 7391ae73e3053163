using System.Globalization;

namespace Quorate.Benchmarks.Coordination;

/// <summary>The same thing done to three processes of etcd and to three of ours, in turns.</summary>
internal static class Comparison
{
    /// <summary>Measures both, after a round each that is not counted, and prints the medians.</summary>
    /// <param name="what">What is measured.</param>
    /// <param name="unit">Its unit.</param>
    /// <param name="rounds">How many rounds are counted.</param>
    /// <param name="etcd">etcd.</param>
    /// <param name="quorate">Ours.</param>
    /// <param name="measure">Measures one of them once.</param>
    public static async Task PrintAsync(
        string what, string unit, int rounds, Cluster etcd, Cluster quorate, Func<Cluster, Task<double>> measure)
    {
        var (theirs, ours) = (new List<double>(), new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            var pair = (await measure(etcd), await measure(quorate));
            if (round == 0 && rounds > 0)
                continue;
            theirs.Add(pair.Item1);
            ours.Add(pair.Item2);
        }

        Print(what, unit, theirs, ours);
    }

    /// <summary>Prints the medians of what was measured.</summary>
    public static void Print(string what, string unit, List<double> theirs, List<double> ours)
    {
        var (their, our) = (Median(theirs), Median(ours));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {what} | {their:F2} {unit} ({theirs.Min():F2} to {theirs.Max():F2}) | {our:F2} {unit} ({ours.Min():F2} to {ours.Max():F2}) | {our / their:F2} |"));
    }

    public static void PrintHeader()
    {
        Console.WriteLine("| what | etcd | quorate | ratio |");
        Console.WriteLine("|---|---|---|---|");
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
