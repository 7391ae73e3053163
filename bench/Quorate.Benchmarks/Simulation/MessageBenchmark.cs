using System.Diagnostics;
using System.Globalization;
using Quorate.Kernel.Machines;
using Quorate.Simulation;
using Quorate.Simulation.Machines;

namespace Quorate.Benchmarks.Simulation;

/// <summary>
/// <c>sim-messages</c>: how many bare datagrams a second one core simulates. Five machines keep a hundred each in flight.
/// </summary>
internal static class MessageBenchmark
{
    private const int MachineCount = 5;
    private const int InFlightEach = 100;
    private const int Rounds = 5;

    public static int Run()
    {
        Measure(TimeSpan.FromSeconds(1));
        var rates = new List<double>();
        for (var round = 0; round < Rounds; round++)
            rates.Add(Measure(TimeSpan.FromSeconds(2)));
        rates.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"sim-messages: median {rates[Rounds / 2] / 1e6:F2} million events/s (goal 1.00)"));
        return 0;
    }

    private static double Measure(TimeSpan simulated)
    {
        using var world = new World(1);
        for (var i = 0; i < MachineCount; i++)
            world.AddMachine($"n{i}", BounceAsync);
        var before = GC.GetTotalAllocatedBytes();
        // Processor time, not wall time: the figure is of one core, whatever else the machine does.
        using var self = Process.GetCurrentProcess();
        var start = self.TotalProcessorTime;
        world.Run(simulated);
        self.Refresh();
        var seconds = (self.TotalProcessorTime - start).TotalSeconds;
        var bytes = (GC.GetTotalAllocatedBytes() - before) / (double)world.Events;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {world.Events / seconds / 1e6:F2} M events/s, {world.Network.DatagramsDelivered / seconds / 1e6:F2} M messages/s, "
            + $"{world.Events} events, {bytes:F0} bytes allocated an event"));
        return world.Events / seconds;
    }

    private static async Task BounceAsync(IMachine machine, CancellationToken ct)
    {
        await using var socket = await machine.Network.BindAsync(new NetworkAddress(machine.Name, 1), ct);
        var peers = Enumerable.Range(0, MachineCount).Select(i => new NetworkAddress($"n{i}", 1)).ToArray();
        var payload = new byte[16];
        for (var i = 0; i < InFlightEach; i++)
            socket.Send(peers[machine.Random.Next(MachineCount)], payload);
        while (true)
        {
            var datagram = await socket.ReceiveAsync(ct);
            socket.Send(peers[machine.Random.Next(MachineCount)], datagram.Payload.Span);
        }
    }
}
