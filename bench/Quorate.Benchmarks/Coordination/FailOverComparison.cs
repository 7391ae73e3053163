using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;
using Quorate.Client.Grpc;
using Quorate.Client.Wire;

namespace Quorate.Benchmarks.Coordination;

/// <summary>
/// <c>etcd-failover [ROUNDS]</c>: kill -9 of the leader, and the time from then until a put through another node succeeds. A new put is begun through each
/// every few milliseconds, since one that was on its way to the dead leader may wait for an answer as long as its server lets it.
/// </summary>
internal static class FailOverComparison
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(1500);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly PutRequest Put = new() { Key = ByteString.CopyFromUtf8("failover"), Value = ByteString.CopyFromUtf8("v") };

    public static async Task<int> RunAsync(string[] arguments)
    {
        var rounds = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 50;
        using var etcd = await Cluster.StartEtcdAsync();
        using var quorate = await Cluster.StartQuorateAsync();
        var (theirs, ours) = (new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            theirs.Add(await MeasureAsync(etcd));
            ours.Add(await MeasureAsync(quorate));
        }

        Comparison.PrintHeader();
        Comparison.Print($"no put after kill -9 of the leader, {rounds} rounds", "s", theirs, ours);
        return 0;
    }

    private static async Task<double> MeasureAsync(Cluster cluster)
    {
        await cluster.FindLeaderAsync();
        await Task.Delay(Calm);
        var (leader, place) = (cluster.Leader, cluster.PlaceOf(cluster.Leader));
        using var limit = new CancellationTokenSource(Limit);
        var callers = cluster.Endpoints.Where(e => e != leader).Select(e => new Caller(e)).ToArray();
        foreach (var caller in callers)
            await PutAsync(caller, limit.Token);
        var begun = Stopwatch.GetTimestamp();
        cluster.Kill(place);
        await FirstAsync(callers, limit.Token);
        var gap = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        await limit.CancelAsync();
        foreach (var caller in callers)
            caller.Dispose();
        cluster.Restart(place);
        await AgainAsync(cluster.Endpoints[place]);
        return gap;
    }

    private static async Task FirstAsync(Caller[] callers, CancellationToken cancellationToken)
    {
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        for (; !first.Task.IsCompleted; await Task.WhenAny(first.Task, Task.Delay(Between, cancellationToken)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var caller in callers)
                _ = TellAsync(caller);
        }

        async Task TellAsync(Caller caller)
        {
            try
            {
                await caller.CallAsync("/etcdserverpb.KV/Put", Put, PutResponse.Parser, cancellationToken);
                first.TrySetResult();
            }
            catch (Exception e) when (e is CallException or OperationCanceledException)
            {
                // Not yet.
            }
        }
    }

    private static async Task AgainAsync(string endpoint)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var caller = new Caller(endpoint);
        await PutAsync(caller, limit.Token);
    }

    private static async Task PutAsync(Caller caller, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await caller.CallAsync("/etcdserverpb.KV/Put", Put, PutResponse.Parser, cancellationToken);
                return;
            }
            catch (CallException)
            {
                await Task.Delay(Between, cancellationToken);
            }
        }
    }
}
