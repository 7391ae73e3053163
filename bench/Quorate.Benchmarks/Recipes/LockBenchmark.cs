using System.Diagnostics;
using Quorate.Benchmarks.Coordination;
using Quorate.Client;
using Quorate.Client.Providers;
using Quorate.Hosting.Nodes;
using Quorate.Kernel.Machines;
using Quorate.Runtime.Machines;
using Quorate.Server.Etcd;
using Quorate.Services.Coordination;
using Quorate.Services.Recipes;
using Quorate.Services.Recipes.Clients;
using Quorate.Services.Recipes.Providers;

namespace Quorate.Benchmarks.Recipes;

/// <summary>
/// `locks [NODES] [SECONDS]`: nodes in this process over loopback, each with its own files. Takes and lets go of a lock that nobody else wants,
/// beside one put of the same store in turns, and measures how long after its holder died a lock is the next one's. Then the same through a client
/// that reaches the same nodes over HTTP/2. `locks etcd [SECONDS]` takes three processes of etcd instead, which only that client reaches.
/// </summary>
public static class LockBenchmark
{
    private const int HandOvers = 5;
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is ["etcd", ..])
            return await EtcdAsync(args.Length > 1 ? double.Parse(args[1]) : 5);
        var count = args.Length > 0 ? int.Parse(args[0]) : 1;
        var seconds = args.Length > 1 ? double.Parse(args[1]) : 5;
        var root = Directory.CreateTempSubdirectory("quorate-bench");
        var nodes = new List<QuorateNode>();
        await using var machine = new RealMachine(new RealMachineOptions { Name = "bench" });
        try
        {
            NodeMember[] members = [.. FreePorts.Some(count).Select((port, i) => new NodeMember($"n{i + 1}", new NetworkAddress("127.0.0.1", port)))];
            foreach (var member in members)
                nodes.Add(await QuorateNode.StartAsync(new NodeOptions
                {
                    Name = member.Name,
                    Listen = member.Address,
                    Members = members,
                    DataFolder = Path.Combine(root.FullName, member.Name),
                }));
            await nodes[0].WaitForLeaderAsync();
            await MeasureAsync(machine, new EmbeddedProvider(nodes[0].Coordination), seconds, $"embedded, {count} node(s)");
            await RemoteAsync(machine, nodes, seconds);
            return 0;
        }
        finally
        {
            foreach (var node in nodes)
                await node.DisposeAsync();
            root.Delete(true);
        }
    }

    private static async Task<int> EtcdAsync(double seconds)
    {
        await using var machine = new RealMachine(new RealMachineOptions { Name = "bench" });
        using var cluster = await Cluster.StartEtcdAsync();
        await using var provider = new EtcdProvider(new EtcdClientOptions { Endpoints = cluster.Endpoints });
        await MeasureAsync(machine, provider, seconds, $"etcd, {cluster.Endpoints.Length} processes, over HTTP/2");
        return 0;
    }

    private static async Task RemoteAsync(IMachine machine, List<QuorateNode> nodes, double seconds)
    {
        var endpoints = new List<EtcdEndpoint>();
        try
        {
            foreach (var node in nodes)
                endpoints.Add(await EtcdEndpoint.StartAsync(
                    node.Clients, new EtcdEndpointOptions { Listen = new NetworkAddress("127.0.0.1", 0) }));
            await using var provider = new EtcdProvider(new EtcdClientOptions { Endpoints = [.. endpoints.Select(e => e.Local.ToString())] });
            await MeasureAsync(machine, provider, seconds, $"over HTTP/2, {nodes.Count} node(s)");
        }
        finally
        {
            foreach (var endpoint in endpoints)
                await endpoint.DisposeAsync();
        }
    }

    private static async Task MeasureAsync(IMachine machine, ICoordinationProvider store, double seconds, string what)
    {
        await UncontendedAsync(machine, store, seconds, what);
        await HandOverAsync(machine, store, what);
    }

    private static async Task UncontendedAsync(IMachine machine, ICoordinationProvider store, double seconds, string what)
    {
        await using var client = new CoordinationClient(machine, store);
        var (locks, puts) = (new List<double>(), new List<double>());
        for (var watch = Stopwatch.StartNew(); watch.Elapsed.TotalSeconds < seconds;)
        {
            var start = Stopwatch.GetTimestamp();
            await (await client.Locks.AcquireAsync("invoice/42")).DisposeAsync();
            locks.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            start = Stopwatch.GetTimestamp();
            await store.TxnAsync(new TxnRequest([], [new PutRequest("k"u8.ToArray(), "v"u8.ToArray())], []), CancellationToken.None);
            puts.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        Console.WriteLine($"lock and unlock, uncontended, {what}: {Text(locks)}; one put: {Text(puts)}; "
            + $"ratio of medians {At(locks, 0.5) / At(puts, 0.5):n2}, {locks.Count} rounds");
    }

    private static async Task HandOverAsync(IMachine machine, ICoordinationProvider store, string what)
    {
        var late = new List<double>();
        for (var i = 0; i < HandOvers; i++)
        {
            // A process that dies renews no more: its calls end here.
            var dying = new CuttableProvider(store);
            var holder = new CoordinationClient(machine, dying, new RecipeOptions { SessionTtl = Ttl });
            var held = await holder.Locks.AcquireAsync("shared");
            await using var next = new CoordinationClient(machine, store);
            var waiting = next.Locks.AcquireAsync("shared").AsTask();
            await Task.Delay(300);
            dying.Cut();
            var died = Stopwatch.GetTimestamp();
            await using var taken = await waiting;
            late.Add((Stopwatch.GetElapsedTime(died) - Ttl).TotalMilliseconds);
            if (!held.Lost.IsCancellationRequested)
                throw new InvalidOperationException("the dead holder was not told");
        }

        Console.WriteLine(
            $"hand-over after a holder's death, sessions of {Ttl.TotalSeconds} s, {what}: at most {late.Max():n0} ms after that time, {HandOvers} rounds");
    }

    private static string Text(List<double> times) => $"median {At(times, 0.5):n3} ms, 99th percentile {At(times, 0.99):n3} ms";

    private static double At(List<double> times, double part) => times.Order().ElementAt((int)((times.Count - 1) * part));

    /// <summary>A store that can be cut off.</summary>
    private sealed class CuttableProvider(ICoordinationProvider store) : ICoordinationProvider
    {
        private volatile bool isCut;

        public void Cut() => isCut = true;

        public ValueTask<RangeResponse> RangeAsync(RangeRequest request, CancellationToken cancellationToken) =>
            isCut ? Never<RangeResponse>() : store.RangeAsync(request, cancellationToken);

        public ValueTask<TxnResponse> TxnAsync(TxnRequest request, CancellationToken cancellationToken) =>
            isCut ? Never<TxnResponse>() : store.TxnAsync(request, cancellationToken);

        public ValueTask<LeaseGrantResponse> LeaseGrantAsync(long ttlSeconds, CancellationToken cancellationToken) =>
            isCut ? Never<LeaseGrantResponse>() : store.LeaseGrantAsync(ttlSeconds, cancellationToken);

        public ValueTask<LeaseKeepAliveResponse> LeaseKeepAliveAsync(long id, CancellationToken cancellationToken) =>
            isCut ? Never<LeaseKeepAliveResponse>() : store.LeaseKeepAliveAsync(id, cancellationToken);

        public ValueTask<ResponseHeader> LeaseRevokeAsync(long id, CancellationToken cancellationToken) =>
            isCut ? Never<ResponseHeader>() : store.LeaseRevokeAsync(id, cancellationToken);

        public IWatchStream OpenWatchStream() => store.OpenWatchStream();

        private static ValueTask<T> Never<T>() => new(new TaskCompletionSource<T>().Task);
    }
}
