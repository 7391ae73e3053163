using System.Text;
using Quorate.Checking.Histories;
using Quorate.Cli.Lab.Runs;
using Quorate.Cli.Scenarios.Clusters;
using Quorate.Services.Coordination;

namespace Quorate.Cli.Lab.Stores;

/// <summary>The clients' view of a node of the shipped coordination service, which Raft replicates.</summary>
/// <param name="node">The node.</param>
/// <param name="clock">The clock of the clients' machine.</param>
/// <param name="patience">How long a client waits.</param>
/// <param name="readsLocally">Whether a read is answered from the node's own state (serializable), not by the leader's leave.</param>
internal sealed class RaftSite(SimulatedNode node, TimeProvider clock, TimeSpan patience, bool readsLocally) : IStoreSite
{
    public Task<CallEnd> GetAsync(string key) => CallAsync(
        s => s.RangeAsync(new RangeRequest(Bytes(key), Serializable: readsLocally)),
        r => new CallEnd(HistoryEventType.Ok, HistoryValue.Of(r.KeyValues.Count == 0 ? null : Encoding.UTF8.GetString(r.KeyValues[0].Value.Span))),
        HistoryEventType.Fail);

    public Task<CallEnd> PutAsync(string key, string value) => CallAsync(
        s => s.PutAsync(new PutRequest(Bytes(key), Bytes(value))), _ => new CallEnd(HistoryEventType.Ok), HistoryEventType.Unknown);

    private async Task<CallEnd> CallAsync<T>(
        Func<ICoordination, ValueTask<T>> call, Func<T, CallEnd> onDone, HistoryEventType otherwise)
    {
        if (node.Service is not { } service)
            return new CallEnd(HistoryEventType.Fail, Error: "the node is down");
        using var done = new CancellationTokenSource();
        try
        {
            var answer = AnswerAsync(call(service));
            if (await Task.WhenAny(answer, Task.Delay(patience, clock, done.Token)) != answer)
                return new CallEnd(otherwise, Error: "timed out");
            done.Cancel();
            return onDone(await answer);
        }
        catch (Exception e) when (e is CoordinationException or OperationCanceledException)
        {
            done.Cancel();
            return new CallEnd(otherwise, Error: e.Message);
        }
    }

    private static async Task<T> AnswerAsync<T>(ValueTask<T> call) => await call;

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
