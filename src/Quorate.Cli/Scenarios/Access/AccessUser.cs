using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Workloads;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination;

namespace Quorate.Cli.Scenarios.Access;

/// <summary>Logs in as the user of a line's newest grant, and reads, writes and watches what it may, and tries what it may not.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="board">What all know.</param>
/// <param name="line">Which line of grants it uses.</param>
internal sealed class AccessUser(SimulatedCluster cluster, AccessBoard board, int line)
{
    private static readonly TimeSpan ThinkMax = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan WatchMax = TimeSpan.FromSeconds(4);
    private static readonly Compare Never = new(CompareResult.Greater, KeyField.Version, default, default, long.MaxValue, default);
    private ClientCalls calls = null!;
    private AccessGrant? grant;
    private string? token;

    /// <summary>A key that no user may write.</summary>
    public static ReadOnlyMemory<byte> Forbidden { get; } = "forbidden"u8.ToArray();

    /// <summary>Works until the cluster ends.</summary>
    /// <param name="machine">The clients' machine.</param>
    public async Task RunAsync(IMachine machine)
    {
        calls = new ClientCalls(cluster, machine);
        while (!cluster.IsEnding)
        {
            await calls.ThinkAsync(ThinkMax);
            if (board.Of(line) is not { } newest)
                continue;
            // Old access is tried for a while after there is a new one.
            if (grant is null || (grant != newest && calls.Random.Next(20) == 0))
                (grant, token) = (newest, null);
            if (token is null)
                await LogInAsync(grant);
            else
                await UseAsync(grant, token);
        }
    }

    private async Task LogInAsync(AccessGrant own)
    {
        var node = calls.AnyNode();
        var result = await calls.CallAsync(
            node, _ => node.Clients!.For(Showing(null)).Authentication.AuthenticateAsync(own.User, own.Password));
        Count("log in", result.End);
        token = result.Response?.Token;
        if (result.Code is CoordinationError.AuthFailed or CoordinationError.TooManyLogins && board.Of(line) is { } newest)
            grant = newest;
    }

    private Task UseAsync(AccessGrant own, string shown) => calls.Random.Next(15) switch
    {
        < 4 => DoAsync("put", shown, s => s.PutAsync(new PutRequest(own.Data, default)), static _ => null),
        < 6 => DoAsync("range", shown, s => s.RangeAsync(Range(own)), r => Secrets(own, r.KeyValues)),
        < 7 => DoAsync("txn", shown, s => s.TxnAsync(Reading(own)), r => Secrets(own, ((RangeResponse)r.Responses[0]).KeyValues)),
        < 8 => DoAsync("forbidden put", shown, s => s.PutAsync(new PutRequest(Forbidden, default)), static _ => "wrote a forbidden key"),
        < 9 => DoAsync("forbidden txn", shown, s => s.TxnAsync(Otherwise(own)), static _ => "had a transaction with a forbidden branch"),
        < 10 => DoAsync("forbidden inner txn", shown, s => s.TxnAsync(Within(own)), static _ => "had a forbidden transaction in another"),
        < 11 => DoAsync(
            "forbidden delete", shown, s => s.DeleteRangeAsync(new DeleteRangeRequest(Forbidden, new byte[1])), static _ => "deleted all"),
        < 12 => DoAsync(
            "forbidden revoke", shown, s => s.LeaseRevokeAsync(board.ForbiddenLease), static _ => "ended a lease with a forbidden key"),
        < 13 => DoAsync(
            "forbidden lease", shown, s => s.PutAsync(new PutRequest(own.Data, default, board.ForbiddenLease)),
            static _ => "hung a key on a lease with a forbidden key"),
        < 14 when calls.Random.Next(4) == 0 => DoAsync("revoke", shown, s => s.LeaseRevokeAsync(own.Lease), static _ => null),
        _ => WatchAsync(own, shown),
    };

    private async Task DoAsync<T>(string what, string shown, Func<ICoordination, ValueTask<T>> call, Func<T, string?> judge)
    {
        var node = calls.AnyNode();
        var result = await calls.CallAsync(node, _ => call(node.Clients!.For(Showing(shown)).Coordination));
        Count(what, result.End);
        if (result.End == CallEnd.Ok && judge(result.Response!) is { } wrong)
            board.Violation ??= $"{grant!.User} {wrong}";
        if (result.Code == CoordinationError.InvalidAuthToken)
            token = null;
    }

    private async Task WatchAsync(AccessGrant own, string shown)
    {
        if (calls.AnyNode().Clients is not { } clients)
            return;
        var stream = clients.For(Showing(shown)).Coordination.OpenWatchStream();
        stream.Create(new WatchCreateRequest(own.Prefix, own.PrefixEnd));
        using var done = new CancellationTokenSource();
        var read = ReadAsync(stream, own, done.Token);
        await Task.WhenAny(read, Task.Delay(WatchMax, calls.Machine.Clock, done.Token));
        done.Cancel();
        _ = CloseAsync(stream);
    }

    private async Task ReadAsync(IWatchStream stream, AccessGrant own, CancellationToken cancellationToken)
    {
        try
        {
            while (await stream.ReadAsync(cancellationToken) is { } message)
            {
                cluster.Metrics.Add(message.Canceled ? "access watch ended" : "access watch message");
                if (Secrets(own, [.. message.Events.Select(e => e.KeyValue)]) is { } wrong)
                    board.Violation ??= $"{own.User} watched, and {wrong}";
                if (message.Canceled)
                    return;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or CoordinationException)
        {
            // The node is gone, or the time is over.
        }
    }

    private static async Task CloseAsync(IWatchStream stream) => await stream.DisposeAsync();

    private static ClientCredentials Showing(string? shown) => new(shown, null, "client");

    private static RangeRequest Range(AccessGrant own) => new(own.Prefix, own.PrefixEnd);

    private static TxnRequest Reading(AccessGrant own) => new([Never with { Key = own.Data }], [], [Range(own)]);

    // What is not done is judged too.
    private static TxnRequest Otherwise(AccessGrant own) => new([], [new PutRequest(own.Data, default)], [new PutRequest(Forbidden, default)]);

    private static TxnRequest Within(AccessGrant own) =>
        new([Never with { Key = own.Data }], [], [new TxnRequest([], [new PutRequest(Forbidden, default)], [])]);

    // Where a step of giving the access may come late, so may the access.
    private static string? Secrets(AccessGrant own, IReadOnlyList<KeyValue> seen) =>
        own.IsSure && seen.Any(pair => pair.Value.Span.SequenceEqual("secret"u8))
            ? "saw what was written after it had no access any more" : null;

    private void Count(string what, CallEnd end) => cluster.Metrics.Add($"access {what} {end.ToString().ToLowerInvariant()}");
}
