using System.Buffers;
using System.Globalization;
using Quorate.Client.Grpc;
using Quorate.Client.Wire;

namespace Quorate.Benchmarks.Coordination;

/// <summary>
/// <c>etcd-leases [LEASES]</c>: leases of a minute, each kept alive every twenty seconds; the processor time that three nodes take for it.
/// </summary>
internal static class LeaseComparison
{
    private const int TtlSeconds = 60;
    private const int Streams = 10;
    private const int GrantsAtOnce = 200;
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(100);

    public static async Task<int> RunAsync(string[] arguments)
    {
        var leases = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 100_000;
        Comparison.PrintHeader();
        var (theirs, ours) = (await MeasureAsync(Cluster.StartEtcdAsync, leases), await MeasureAsync(Cluster.StartQuorateAsync, leases));
        Comparison.Print($"{leases} leases kept alive every {Turn.TotalSeconds} s", "processor s/s", theirs, ours);
        return 0;
    }

    private static async Task<List<double>> MeasureAsync(Func<Task<Cluster>> start, int leases)
    {
        using var cluster = await start();
        using var caller = new Caller(cluster.Leader);
        await GrantAsync(caller, leases);
        var streams = Enumerable.Range(0, Streams).Select(i => new Renewals(cluster.Leader, i, leases / Streams)).ToArray();
        var spent = new List<double>();
        for (var turn = 0; turn < 3; turn++)
        {
            var before = cluster.ProcessorSeconds();
            await Task.WhenAll(streams.Select(s => s.TurnAsync()));
            if (turn > 0) // The first one warms up.
                spent.Add((cluster.ProcessorSeconds() - before) / Turn.TotalSeconds);
        }

        foreach (var stream in streams)
            stream.Dispose();
        return spent;
    }

    private static async Task GrantAsync(Caller caller, int leases)
    {
        for (var from = 1; from <= leases; from += GrantsAtOnce)
            await Task.WhenAll(Enumerable.Range(from, Math.Min(GrantsAtOnce, leases - from + 1)).Select(id => caller.CallAsync(
                "/etcdserverpb.Lease/LeaseGrant", new LeaseGrantRequest { ID = id, TTL = TtlSeconds }, LeaseGrantResponse.Parser)));
    }

    /// <summary>One stream, and the leases that it renews.</summary>
    private sealed class Renewals : IDisposable
    {
        private readonly Caller caller;
        private readonly MessageContent requests = new();
        private readonly int number;
        private readonly int count;
        private readonly Task reading;
        private int answered;
        private int lost;

        public Renewals(string endpoint, int number, int count)
        {
            (caller, this.number, this.count) = (new Caller(endpoint), number, count);
            reading = Task.Run(ReadAsync);
        }

        /// <summary>Renews each of its leases once, evenly over the time of a turn.</summary>
        public async Task TurnAsync()
        {
            var slices = (int)(Turn / Slice);
            var (sent, before) = (0, answered);
            using var timer = new PeriodicTimer(Slice);
            for (var slice = 1; slice <= slices; slice++)
            {
                for (; sent < (long)count * slice / slices; sent++)
                {
                    if (!requests.TryWrite(new LeaseKeepAliveRequest { ID = (number * count) + sent + 1 }))
                        throw new InvalidOperationException("the server is behind with renewals");
                }

                await timer.WaitForNextTickAsync();
            }

            if (reading.IsFaulted || answered - before < count * 0.9 || lost > 0)
                throw new InvalidOperationException($"{answered - before} of {count} renewals were answered, and {lost} leases were lost");
        }

        public void Dispose()
        {
            requests.Complete();
            caller.Dispose();
        }

        private async Task ReadAsync()
        {
            await using var answers = await caller.OpenAsync("/etcdserverpb.Lease/LeaseKeepAlive", requests);
            await AnswerReader.ReadAsync(answers, Take);
        }

        private bool Take(ReadOnlySequence<byte> message)
        {
            if (LeaseKeepAliveResponse.Parser.ParseFrom(message).TTL == 0)
                lost++;
            answered++;
            return true;
        }
    }
}
