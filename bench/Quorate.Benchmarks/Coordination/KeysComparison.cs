using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;
using Quorate.Client.Grpc;
using Quorate.Client.Wire;

namespace Quorate.Benchmarks.Coordination;

/// <summary>
/// <c>etcd-keys [KEYS]</c>: a store of many keys; what memory it takes, how long its snapshot and its hash take, and how long a node takes to start with
/// it.
/// </summary>
internal static class KeysComparison
{
    private const int PutsOfTransaction = 100;
    private const int TransactionsAtOnce = 8;
    private const int ValueBytes = 100;
    private const int Rounds = 3;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var keys = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 1_000_000;
        Comparison.PrintHeader();
        var theirs = await MeasureAsync(Cluster.StartEtcdAsync, keys);
        var ours = await MeasureAsync(Cluster.StartQuorateAsync, keys);
        Comparison.Print($"memory of the largest process, {keys} keys", "MiB", theirs.Memory, ours.Memory);
        Comparison.Print("the same once a node has started anew", "MiB", theirs.MemoryAnew, ours.MemoryAnew);
        Comparison.Print("snapshot", "s", theirs.Snapshot, ours.Snapshot);
        Comparison.Print("snapshot", "MiB", theirs.SnapshotSize, ours.SnapshotSize);
        Comparison.Print("hash, as replicas are compared by", "s", theirs.Hash, ours.Hash);
        Comparison.Print("start of a node until it reads linearizably", "s", theirs.Start, ours.Start);
        return 0;
    }

    private static async Task<Measured> MeasureAsync(Func<Task<Cluster>> start, int keys)
    {
        using var cluster = await start();
        await FillAsync(cluster, keys);
        var measured = new Measured();
        measured.Memory.Add(cluster.ResidentMiB());
        var place = Enumerable.Range(0, cluster.Endpoints.Length).First(i => cluster.Endpoints[i] != cluster.Leader);
        for (var round = 0; round < Rounds; round++)
        {
            var begun = Stopwatch.GetTimestamp();
            measured.SnapshotSize.Add(await SnapshotAsync(cluster.Leader) / 1048576.0);
            measured.Snapshot.Add(Stopwatch.GetElapsedTime(begun).TotalSeconds);
            begun = Stopwatch.GetTimestamp();
            await HashAsync(cluster.Leader);
            measured.Hash.Add(Stopwatch.GetElapsedTime(begun).TotalSeconds);
            cluster.Kill(place);
            begun = Stopwatch.GetTimestamp();
            cluster.Restart(place);
            await ReadAsync(cluster.Endpoints[place]);
            measured.Start.Add(Stopwatch.GetElapsedTime(begun).TotalSeconds);
            measured.MemoryAnew.Add(cluster.ResidentMiB(place));
        }

        return measured;
    }

    /// <summary>Puts so many keys.</summary>
    public static async Task FillAsync(Cluster cluster, int keys)
    {
        using var caller = new Caller(cluster.Leader);
        var value = ByteString.CopyFrom(new byte[ValueBytes]);
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, TransactionsAtOnce).Select(async _ =>
        {
            while (Interlocked.Add(ref next, PutsOfTransaction) is var end && end <= keys)
            {
                var transaction = new TxnRequest();
                for (var key = end - PutsOfTransaction; key < end; key++)
                    transaction.Success.Add(new RequestOp { RequestPut = new PutRequest { Key = ByteString.CopyFromUtf8($"keys/{key:D9}"), Value = value } });
                await caller.CallAsync("/etcdserverpb.KV/Txn", transaction, TxnResponse.Parser);
            }
        }));
    }

    /// <summary>Takes a snapshot and throws it away.</summary>
    /// <returns>How many bytes it had.</returns>
    public static async Task<long> SnapshotAsync(string endpoint)
    {
        using var caller = new Caller(endpoint);
        var requests = new MessageContent();
        requests.TryWrite(new EmptyRequest());
        requests.Complete();
        await using var answers = await caller.OpenAsync("/etcdserverpb.Maintenance/Snapshot", requests);
        var bytes = 0L;
        await AnswerReader.ReadAsync(answers, message =>
        {
            bytes += message.Length;
            return true;
        });
        return bytes;
    }

    private static async Task HashAsync(string endpoint)
    {
        using var caller = new Caller(endpoint);
        await caller.CallAsync("/etcdserverpb.Maintenance/HashKV", new HashKVRequest(), HashKVResponse.Parser);
    }

    private static async Task ReadAsync(string endpoint)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var caller = new Caller(endpoint);
        var request = new RangeRequest { Key = ByteString.CopyFromUtf8("keys/000000001") };
        while (true)
        {
            try
            {
                if ((await caller.CallAsync("/etcdserverpb.KV/Range", request, RangeResponse.Parser, limit.Token)).Count != 1)
                    throw new InvalidOperationException("a key is missing");
                return;
            }
            catch (CallException)
            {
                await Task.Delay(10, limit.Token);
            }
        }
    }

    private sealed class Measured
    {
        public List<double> Memory { get; } = [];

        public List<double> MemoryAnew { get; } = [];

        public List<double> Snapshot { get; } = [];

        public List<double> SnapshotSize { get; } = [];

        public List<double> Hash { get; } = [];

        public List<double> Start { get; } = [];
    }
}
