using System.Globalization;
using System.Text;
using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Violations;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination;

namespace Quorate.Cli.Scenarios.Workloads;

/// <summary>Reads keys as they were at revisions that are not compacted away, on any node, and remembers what it was told.</summary>
internal sealed class OldRevisionReader(SimulatedCluster cluster, Compactor compactor, int number)
{
    private const int BackMax = 60;
    private const int Keys = 5;
    private static readonly TimeSpan ThinkMax = TimeSpan.FromMilliseconds(150);
    private readonly List<(long Revision, string Key, string? Value)> seen = [];
    private long known = 1;

    /// <summary>Reads until the cluster ends.</summary>
    /// <param name="machine">The clients' machine.</param>
    public async Task RunAsync(IMachine machine)
    {
        var calls = new ClientCalls(cluster, machine);
        var turns = cluster.World.OperationsOf($"past-{number}");
        while (await turns.NextAsync(machine, ThinkMax, () => cluster.IsEnding) is { } turn)
        {
            calls.Random = turn.Random;
            await ReadAsync(calls);
        }
    }

    /// <summary>Compares what was read with the events that a watcher was told of.</summary>
    /// <param name="truth">All events, up to a revision at least as new as any that was read.</param>
    public void Check(EventLog truth)
    {
        var writes = truth.Events.Select(e => (e.Revision, Parts: e.Event.Split(' '))).ToLookup(e => e.Parts[1]);
        foreach (var (revision, key, value) in seen)
        {
            var last = writes[key].LastOrDefault(e => e.Revision <= revision).Parts;
            var expected = last is ["put", _, var put] ? put : null;
            if (value != expected && revision <= truth.Revision)
                throw new ViolationException($"{key} was read as {value ?? "missing"} at revision {revision}, where it is {expected ?? "missing"}");
        }
    }

    private async Task ReadAsync(ClientCalls calls)
    {
        // At the compacted revision itself above all: it can still be read.
        var oldest = Math.Max(compactor.Asked, 1);
        var revision = calls.Random.Next(3) == 0 ? oldest : Math.Max(known - calls.Random.Next(BackMax), oldest);
        var key = string.Create(CultureInfo.InvariantCulture, $"k{calls.Random.Next(Keys)}");
        var read = await calls.CallAsync(s => s.RangeAsync(new RangeRequest(Encoding.UTF8.GetBytes(key), Revision: revision)));
        if (read is { Code: CoordinationError.Compacted } && revision >= compactor.Asked)
            throw new ViolationException($"revision {revision} could not be read, and nobody asked to compact beyond {compactor.Asked}");
        if (read.Response is not { } range)
            return;
        cluster.Metrics.Add("reads of the past");
        known = Math.Max(known, range.Header.Revision);
        seen.Add((revision, key, range.KeyValues is [var found, ..] ? Encoding.UTF8.GetString(found.Value.Span) : null));
    }
}
