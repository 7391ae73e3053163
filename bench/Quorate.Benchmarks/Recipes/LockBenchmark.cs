using System.Diagnostics;
using Quorate.Hosting.Nodes;
using Quorate.Kernel.Machines;
using Quorate.Runtime.Machines;
using Quorate.Services.Coordination;
using Quorate.Services.Recipes;
using Quorate.Services.Recipes.Clients;
using Quorate.Services.Recipes.Providers;

namespace Quorate.Benchmarks.Recipes;

/// <summary>
/// `locks [NODES] [SECONDS]`: nodes in this process over loopback, each with its own files. Takes and lets go of a lock that nobody else wants,
/// beside one put of the same store in turns, and measures how long after its holder died a lock is the next one's.
/// </summary>
public static class LockBenchmark
{
    private const int HandOvers = 5;
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync(string[] args)
    {
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
            await UncontendedAsync(machine, nodes[0].Coordination, seconds, count);
            await HandOverAsync(machine, nodes[0].Coordination);
            return 0;
        }
        finally
        {
            foreach (var node in nodes)
                await node.DisposeAsync();
            root.Delete(true);
        }
    }

    private static async Task UncontendedAsync(IMachine machine, ICoordination store, double seconds, int nodes)
    {
        await using var client = new CoordinationClient(machine, new EmbeddedProvider(store));
        var (locks, puts) = (new List<double>(), new List<double>());
        for (var watch = Stopwatch.StartNew(); watch.Elapsed.TotalSeconds < seconds;)
        {
            var start = Stopwatch.GetTimestamp();
            await (await client.Locks.AcquireAsync("invoice/42")).DisposeAsync();
            locks.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            start = Stopwatch.GetTimestamp();
            await store.PutAsync(new PutRequest("k"u8.ToArray(), "v"u8.ToArray()));
            puts.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        Console.WriteLine($"lock and unlock, uncontended, {nodes} node(s): {Text(locks)}; one put: {Text(puts)}; "
            + $"ratio of medians {At(locks, 0.5) / At(puts, 0.5):n2}, {locks.Count} rounds");
    }

    private static async Task HandOverAsync(IMachine machine, ICoordination store)
    {
        var late = new List<double>();
        for (var i = 0; i < HandOvers; i++)
        {
            // A process that dies renews no more: its calls end here.
            var dying = new CuttableProvider(new EmbeddedProvider(store));
            var holder = new CoordinationClient(machine, dying, new RecipeOptions { SessionTtl = Ttl });
            var held = await holder.Locks.AcquireAsync("shared");
            await using var next = new CoordinationClient(machine, new EmbeddedProvider(store));
            var waiting = next.Locks.AcquireAsync("shared").AsTask();
            await Task.Delay(300);
            dying.Cut();
            var died = Stopwatch.GetTimestamp();
            await using var taken = await waiting;
            late.Add((Stopwatch.GetElapsedTime(died) - Ttl).TotalMilliseconds);
            if (!held.Lost.IsCancellationRequested)
                throw new InvalidOperationException("the dead holder was not told");
        }

        Console.WriteLine($"hand-over after a holder's death, sessions of {Ttl.TotalSeconds} s: at most {late.Max():n0} ms after that time, {HandOvers} rounds");
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
