using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Quorate.Kernel.Machines;
using Quorate.Simulation;

namespace Quorate.Benchmarks.Simulation;

/// <summary>
/// <c>sim-minute</c>: how many runs of one minute a second one core makes of a bare protocol. Three nodes; each sends a heartbeat with its
/// count to the two others every 100 ms, notes what it hears, and suspects a peer that it has not heard of for 500 ms. Every run is a
/// world of its own, from its making to its end, with the hash of its trace.
/// </summary>
internal static class MinuteBenchmark
{
    private const int Nodes = 3;
    private const int Rounds = 5;
    private const int RunsARound = 200;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan SuspectAfter = TimeSpan.FromMilliseconds(500);

    public static int Run()
    {
        Measure(0);
        var rates = new List<double>();
        for (var round = 1; round <= Rounds; round++)
            rates.Add(Measure(round));
        rates.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"sim-minute: median {rates[Rounds / 2]:F0} one-minute runs a second of processor time on one core (goal 100)"));
        return 0;
    }

    private static double Measure(int round)
    {
        using var self = Process.GetCurrentProcess();
        var start = self.TotalProcessorTime;
        var (events, hashes) = (0L, new HashSet<ulong>());
        for (var run = 0; run < RunsARound; run++)
        {
            using var world = new World((ulong)(round * RunsARound + run));
            var heard = new int[Nodes];
            for (var i = 0; i < Nodes; i++)
            {
                var node = i;
                world.AddMachine($"n{i}", (machine, stop) => BeatAsync(machine, node, heard, stop));
            }
            world.Run(Minute);
            events += world.Events;
            hashes.Add(world.TraceHash);
            if (heard.Min() < (Nodes - 1) * (Minute / Interval - 2))
                throw new InvalidOperationException($"seed {world.Seed}: heartbeats are missing: {string.Join(' ', heard)}");
        }
        if (hashes.Count != RunsARound)
            throw new InvalidOperationException("two seeds took the same steps");
        self.Refresh();
        var seconds = (self.TotalProcessorTime - start).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {RunsARound / seconds:F0} runs/s, {events / RunsARound} events a run, {events / seconds / 1e6:F2} M events/s"));
        return RunsARound / seconds;
    }

    private static async Task BeatAsync(IMachine machine, int node, int[] heard, CancellationToken stop)
    {
        await using var socket = await machine.Network.BindAsync(new NetworkAddress(machine.Name, 1), stop);
        var last = new long[Nodes];
        Array.Fill(last, machine.Clock.GetTimestamp());
        _ = ListenAsync(machine, socket, node, last, heard, stop);
        var peers = Enumerable.Range(0, Nodes).Where(i => i != node).ToArray();
        var addresses = peers.Select(i => new NetworkAddress($"n{i}", 1)).ToArray();
        var payload = new byte[16];
        for (var count = 0L; ; count++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(payload, node);
            BinaryPrimitives.WriteInt64LittleEndian(payload.AsSpan(8), count);
            foreach (var address in addresses)
                socket.Send(address, payload);
            await Task.Delay(Interval, machine.Clock, stop);
            foreach (var peer in peers)
            {
                if (machine.Clock.GetElapsedTime(last[peer]) > SuspectAfter)
                    throw new InvalidOperationException($"n{node} suspects n{peer}, and nothing failed");
            }
        }
    }

    private static async Task ListenAsync(
        IMachine machine, IDatagramSocket socket, int node, long[] last, int[] heard, CancellationToken stop)
    {
        while (true)
        {
            var datagram = await socket.ReceiveAsync(stop);
            last[BinaryPrimitives.ReadInt32LittleEndian(datagram.Payload.Span)] = machine.Clock.GetTimestamp();
            heard[node]++;
        }
    }
}
