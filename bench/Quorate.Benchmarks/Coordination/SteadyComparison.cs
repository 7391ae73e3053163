using System.Globalization;
using Google.Protobuf;
using Quorate.Client.Grpc;
using Quorate.Client.Wire;

namespace Quorate.Benchmarks.Coordination;

/// <summary>
/// <c>etcd-steady [ROUNDS]</c>: puts at a fixed rate to a store of many keys; the 99th percentile of their times in quiet, and while the store is
/// compacted every second and snapshots of it are taken one after the other.
/// </summary>
internal static class SteadyComparison
{
    private const int Connections = 10;
    private const int PerSecond = 100; // of each connection
    private const int Seconds = 10;
    private const int Keys = 200_000;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var rounds = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 3;
        using var etcd = await Cluster.StartEtcdAsync();
        using var quorate = await Cluster.StartQuorateAsync();
        foreach (var cluster in (Cluster[])[etcd, quorate])
            await KeysComparison.FillAsync(cluster, Keys);
        Comparison.PrintHeader();
        await Comparison.PrintAsync("p99 of 1,000 puts/s, quiet", "ms", rounds, etcd, quorate, P99Async);
        await Comparison.PrintAsync("p99 of 1,000 puts/s, compacted every second", "ms", rounds, etcd, quorate, c => DuringAsync(c, CompactAsync));
        await Comparison.PrintAsync("p99 of 1,000 puts/s, snapshots without end", "ms", rounds, etcd, quorate, c => DuringAsync(c, SnapshotAsync));
        return 0;
    }

    private static async Task<double> P99Async(Cluster cluster) =>
        (await (Load.Put(Connections, 1, Connections * PerSecond * Seconds) with { PerSecondMax = PerSecond }).RunAsync(cluster.Leader)).P99Ms;

    private static async Task<double> DuringAsync(Cluster cluster, Func<Cluster, CancellationToken, Task> disturb)
    {
        using var end = new CancellationTokenSource();
        var disturbing = Task.Run(() => disturb(cluster, end.Token));
        var p99 = await P99Async(cluster);
        await end.CancelAsync();
        await disturbing;
        return p99;
    }

    private static async Task CompactAsync(Cluster cluster, CancellationToken end)
    {
        using var caller = new Caller(cluster.Leader);
        for (; !end.IsCancellationRequested; await Task.WhenAny(Task.Delay(TimeSpan.FromSeconds(1), end)))
        {
            var now = await caller.CallAsync("/etcdserverpb.KV/Range", new RangeRequest { Key = ByteString.CopyFromUtf8("none") }, RangeResponse.Parser, CancellationToken.None);
            await caller.CallAsync("/etcdserverpb.KV/Compact", new CompactionRequest { Revision = now.Header.Revision }, HeaderResponse.Parser, CancellationToken.None);
        }
    }

    private static async Task SnapshotAsync(Cluster cluster, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
            await KeysComparison.SnapshotAsync(cluster.Leader);
    }
}
