using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using Quorate.Kernel.Machines;
using Quorate.Simulation;
using Quorate.Storage.Logs;

namespace Quorate.Benchmarks.Simulation;

/// <summary>
/// <c>sim-log</c>: how fast one core simulates what a replicated log does all day: a leader sends records over connections to four
/// followers, each of which makes them durable in its write-ahead log and answers; the next goes out when three have.
/// </summary>
internal static class LogReplicationBenchmark
{
    private const int Followers = 4;
    private const int Quorum = 3;
    private const int RecordBytes = 256;
    private const int Rounds = 5;
    private static readonly WriteAheadLogOptions LogOptions = new() { SegmentBytes = 1 << 20 };

    public static int Run()
    {
        Measure(TimeSpan.FromSeconds(2));
        var rates = new List<double>();
        for (var round = 0; round < Rounds; round++)
            rates.Add(Measure(TimeSpan.FromSeconds(20)));
        rates.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"sim-log: median {rates[Rounds / 2]:F0} replicated records/s of processor time"));
        return 0;
    }

    private static double Measure(TimeSpan simulated)
    {
        var records = 0;
        using var world = new World(1);
        for (var i = 0; i < Followers; i++)
            world.AddMachine($"f{i}", FollowAsync);
        world.AddMachine("leader", (machine, ct) => LeadAsync(machine, () => records++, ct));
        var before = GC.GetTotalAllocatedBytes();
        using var self = Process.GetCurrentProcess();
        var start = self.TotalProcessorTime;
        world.Run(simulated);
        self.Refresh();
        var seconds = (self.TotalProcessorTime - start).TotalSeconds;
        var bytes = (GC.GetTotalAllocatedBytes() - before) / (double)world.Events;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {records / seconds:F0} records/s, {world.Events / seconds / 1e6:F2} M events/s, {world.Events / (double)records:F0} events "
            + $"a record, {simulated.TotalSeconds / seconds:F0} simulated s/s, {bytes:F0} bytes allocated an event"));
        return records / seconds;
    }

    private static async Task FollowAsync(IMachine machine, CancellationToken ct)
    {
        var log = await WriteAheadLog.OpenAsync(machine.Disk, LogOptions, (_, _) => { }, ct);
        await using var listener = await machine.Network.ListenAsync(new NetworkAddress(machine.Name, 1), ct);
        var connection = await listener.AcceptAsync(ct);
        var record = new byte[RecordBytes];
        while (true)
        {
            await TakeAsync(connection.Input, record);
            log.Append(record);
            await log.CommitAsync(CancellationToken.None);
            await connection.Output.WriteAsync(record.AsMemory(0, 8), ct);
        }
    }

    private static async Task LeadAsync(IMachine machine, Action replicated, CancellationToken ct)
    {
        // The followers listen by then.
        await Task.Delay(TimeSpan.FromMilliseconds(500), machine.Clock, ct);
        var connections = new List<IConnection>();
        for (var i = 0; i < Followers; i++)
            connections.Add(await machine.Network.ConnectAsync(new NetworkAddress($"f{i}", 1), ct));
        var round = new Round(replicated);
        foreach (var connection in connections)
            _ = CountAsync(connection, round);
        var record = new byte[RecordBytes];
        while (true)
        {
            var done = round.Begin();
            foreach (var connection in connections)
                await connection.Output.WriteAsync(record, ct);
            await done;
        }
    }

    private static async Task CountAsync(IConnection connection, Round round)
    {
        var answer = new byte[8];
        while (true)
        {
            await TakeAsync(connection.Input, answer);
            round.Answered();
        }
    }

    private static async ValueTask TakeAsync(PipeReader reader, byte[] into)
    {
        var read = await reader.ReadAtLeastAsync(into.Length);
        var taken = read.Buffer.Slice(0, into.Length);
        taken.CopyTo(into);
        reader.AdvanceTo(taken.End);
    }

    /// <summary>Counts the answers to the records sent; late ones count for the next, which is as much work.</summary>
    private sealed class Round(Action replicated)
    {
        private TaskCompletionSource done = new();
        private int answers;

        public Task Begin()
        {
            done = new TaskCompletionSource();
            return done.Task;
        }

        public void Answered()
        {
            if (++answers < Quorum)
                return;
            answers = 0;
            replicated();
            done.TrySetResult();
        }
    }
}
