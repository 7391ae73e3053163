using System.Globalization;

namespace Quorate.Benchmarks.Coordination;

/// <summary>Three Quorate processes beside three of etcd, the same load in turns: <c>etcd [ROUNDS]</c>.</summary>
internal static class EtcdComparison
{
    private const string Header =
        "| load | etcd 1/s | quorate 1/s | ratio | etcd mean ms | quorate mean ms | ratio | etcd p99 ms | quorate p99 ms | ratio |";

    public static async Task<int> RunAsync(string[] arguments)
    {
        var rounds = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 5;
        using var etcd = await Cluster.StartEtcdAsync();
        using var quorate = await Cluster.StartQuorateAsync();
        Load[] loads =
        [
            Load.Put(10, 10, 60_000), Load.Put(1, 1, 3_000), Load.Put(10, 100, 100_000), Load.Read(10, 10, 100_000), Load.Read(1, 1, 5_000),
            Load.Serializable(10, 10, 200_000), Load.Serializable(1, 1, 10_000),
        ];
        Console.WriteLine(Header);
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (var load in loads)
            Console.WriteLine(await CompareAsync(load, etcd, quorate, rounds));
        var (theirs, ours) = (etcd.ResidentMiB(), quorate.ResidentMiB());
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nresident memory after the run, largest process: etcd {theirs:F0} MiB, quorate {ours:F0} MiB, ratio {ours / theirs:F2}"));
        return 0;
    }

    private static async Task<string> CompareAsync(Load load, Cluster etcd, Cluster quorate, int rounds)
    {
        var (theirs, ours) = (new List<Figures>(), new List<Figures>());
        for (var round = 0; round <= rounds; round++)
        {
            var pair = (await MeasureAsync(load, etcd), await MeasureAsync(load, quorate));
            if (round == 0)
                continue; // The first round warms both up.
            theirs.Add(pair.Item1);
            ours.Add(pair.Item2);
        }

        return $"| {load.Name} {Pair(theirs, ours, f => f.PerSecond, "F0")}{Pair(theirs, ours, f => f.MeanMs, "F2")}{Pair(theirs, ours, f => f.P99Ms, "F2")}|";
    }

    // etcd's figure, ours, and how many times etcd's ours is.
    private static string Pair(List<Figures> theirs, List<Figures> ours, Func<Figures, double> of, string format)
    {
        var (their, our) = (Median(theirs, of), Median(ours, of));
        return string.Create(CultureInfo.InvariantCulture, $"| {their.ToString(format, CultureInfo.InvariantCulture)} | {our.ToString(format, CultureInfo.InvariantCulture)} | {our / their:F2} ");
    }

    /// <summary>HTTP says 200 whatever gRPC says; so puts are counted by the store's revision too.</summary>
    private static async Task<Figures> MeasureAsync(Load load, Cluster cluster)
    {
        var before = await RevisionAsync(cluster);
        var figures = await load.RunAsync(cluster.Leader);
        var written = await RevisionAsync(cluster) - before;
        var expected = load.Path.EndsWith("Put", StringComparison.Ordinal) ? load.Requests : 0;
        return written == expected ? figures : throw new InvalidOperationException($"{cluster.Kind}: {written} revisions were written instead of {expected}.");
    }

    private static async Task<long> RevisionAsync(Cluster cluster)
    {
        var json = await Tool.RunAsync("etcdctl", $"--endpoints={cluster.Leader}", "get", "bench/none", "-w", "json");
        using var document = System.Text.Json.JsonDocument.Parse(json);
        return document.RootElement.GetProperty("header").GetProperty("revision").GetInt64();
    }

    private static double Median(List<Figures> runs, Func<Figures, double> of) => runs.Select(of).Order().ElementAt(runs.Count / 2);
}
