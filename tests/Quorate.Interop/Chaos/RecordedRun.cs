using Quorate.Checking.Findings;
using Quorate.Checking.Histories;
using Quorate.Checking.Histories.Formats;
using Quorate.Checking.Linearizability;
using Quorate.Checking.Models;
using Quorate.Interop.Clusters;

namespace Quorate.Interop.Chaos;

/// <summary>Clients that go on while a test breaks things, and the judgement of their history at the end.</summary>
internal sealed class RecordedRun : IAsyncDisposable
{
    private const int Clients = 6;
    private const int SucceededMin = 10;

    private readonly HistoryRecorder recorder = new(clock: TimeProvider.System);
    private readonly CancellationTokenSource stop = new();
    private readonly List<RecordingClient> clients;
    private readonly Task running;

    private RecordedRun(NodeCluster cluster, RecordedLoad load)
    {
        clients = [.. Enumerable.Range(0, Clients).Select(i => new RecordingClient(recorder, i, cluster, load))];
        running = Task.WhenAll(clients.Select(c => Task.Run(() => c.RunAsync(stop.Token))));
    }

    /// <summary>Starts the clients.</summary>
    public static RecordedRun Start(NodeCluster cluster, TimeSpan callTimeout) => new(cluster, new RecordedLoad(callTimeout));

    /// <summary>Starts the clients.</summary>
    public static RecordedRun Start(NodeCluster cluster, RecordedLoad load) => new(cluster, load);

    /// <summary>How many calls succeeded so far.</summary>
    public int Succeeded => clients.Sum(c => c.Succeeded);

    /// <summary>Ends the clients, and fails where their history is not linearizable.</summary>
    public async Task EndAsync(string name)
    {
        await stop.CancelAsync();
        await running;
        Assert.All(clients, client => Assert.True(client.Succeeded > SucceededMin, $"a client had only {client.Succeeded} answers"));
        var limits = new CheckLimits { TimeMax = TimeSpan.FromMinutes(1), Clock = TimeProvider.System };
        var verdict = LinearizabilityChecker.Check(recorder.ToHistory(), new KeyValueModel(), limits);
        if (verdict.Outcome == CheckOutcome.Valid)
            return;
        var file = Path.Combine(Path.GetTempPath(), $"quorate-{name}-{Environment.ProcessId}.jsonl");
        using (var output = new StreamWriter(file))
            HistoryWriter.WriteJsonLines(recorder.ToEvents(), output);
        Assert.Fail($"{verdict.Outcome} {verdict.Reason}. Replay: quorate check {file} --model kv");
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
    }
}
