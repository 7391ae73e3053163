using System.Text;
using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Violations;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination;

namespace Quorate.Cli.Scenarios.Workloads;

/// <summary>
/// Reads the whole store at old revisions, again and again and from any node, and compacts now and then. What a revision held never
/// changes, wherever it is read and however long ago it was.
/// </summary>
internal sealed class PastReader(SimulatedCluster cluster)
{
    private const int RememberedMax = 40;
    private const int CompactKeeps = 60;
    private static readonly TimeSpan ThinkMax = TimeSpan.FromMilliseconds(300);
    private static readonly RangeRequest Everything = new(new byte[] { 0 }) { RangeEnd = new byte[] { 0 } };
    private readonly List<(long Revision, string Content)> remembered = [];

    /// <summary>Reads until the cluster ends.</summary>
    /// <param name="machine">The clients' machine.</param>
    public async Task RunAsync(IMachine machine)
    {
        var calls = new ClientCalls(cluster, machine);
        var turns = cluster.World.OperationsOf("past");
        while (await turns.NextAsync(machine, ThinkMax, () => cluster.IsEnding) is { } turn)
        {
            calls.Random = turn.Random;
            await OnceAsync(calls);
        }
    }

    private Task OnceAsync(ClientCalls calls) => calls.Random.Next(10) switch
    {
        0 => CompactAsync(calls),
        < 4 => RememberAsync(calls),
        _ => LookAgainAsync(calls),
    };

    private async Task RememberAsync(ClientCalls calls)
    {
        var read = await calls.CallAsync(s => s.RangeAsync(Everything with { Serializable = true }));
        if (read.End != CallEnd.Ok)
            return;
        if (remembered.Count == RememberedMax)
            remembered.RemoveAt(calls.Random.Next(RememberedMax));
        remembered.Add((read.Response!.Header.Revision, Shown(read.Response)));
    }

    private async Task LookAgainAsync(ClientCalls calls)
    {
        if (remembered.Count == 0)
            return;
        var (revision, content) = remembered[calls.Random.Next(remembered.Count)];
        var read = await calls.CallAsync(s => s.RangeAsync(Everything with { Revision = revision, Serializable = calls.Random.Next(2) == 0 }));
        cluster.Metrics.Add($"past {read.End.ToString().ToLowerInvariant()}");
        if (read.Code == CoordinationError.Compacted)
            remembered.RemoveAll(r => r.Revision == revision);
        if (read.End == CallEnd.Ok && Shown(read.Response!) is var now && now != content)
            throw new ViolationException($"revision {revision} held\n{content}\nand holds\n{now}");
    }

    private async Task CompactAsync(ClientCalls calls)
    {
        if (await calls.CallAsync(s => s.StatusAsync()) is { Response: { } status } && status.Header.Revision > CompactKeeps)
            await calls.CallAsync(s => s.CompactAsync(status.Header.Revision - CompactKeeps, physical: false));
    }

    private static string Shown(RangeResponse range) => string.Join('\n', range.KeyValues.Select(kv =>
        $"{Encoding.UTF8.GetString(kv.Key.Span)}={Encoding.UTF8.GetString(kv.Value.Span)} {kv.CreateRevision} {kv.ModRevision} {kv.Version}"));
}
