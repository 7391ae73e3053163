using System.Buffers.Binary;
using Quorate.Kernel.Machines;
using Quorate.Simulation;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Machines;

namespace Quorate.Tests.Simulation.Faults;

/// <summary>Machines that send each other a numbered datagram every 10 ms, and note who heard whom, when and what.</summary>
internal sealed class PingWorld : IDisposable
{
    public const int Port = 9;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(10);
    private readonly string[] names;

    public PingWorld(int count, WorldOptions? options = null, ulong seed = 1)
    {
        World = new World(seed, options);
        names = [.. Enumerable.Range(1, count).Select(i => $"n{i}")];
        foreach (var name in names)
            World.AddMachine(name, PingAsync);
        World.Run(TimeSpan.FromSeconds(1));
    }

    public World World { get; }

    /// <summary>What arrived: from, to, number sent, when sent, when arrived, and whether its bytes were whole.</summary>
    public List<(string From, string To, long Number, TimeSpan Sent, TimeSpan Arrived, bool IsWhole)> Heard { get; } = [];

    public IReadOnlyList<SimulatedMachine> Machines => World.Machines;

    /// <summary>Begins a fault and runs so long; who heard whom meanwhile, after the first 100 ms.</summary>
    public SortedSet<string> During(FaultAction action, double seconds = 1)
    {
        Assert.True(World.Strike(action), $"{action} did not begin");
        return Pairs(seconds);
    }

    /// <summary>Who hears whom in the next seconds, after the first 100 ms.</summary>
    public SortedSet<string> Pairs(double seconds = 1)
    {
        World.Run(TimeSpan.FromMilliseconds(100));
        Heard.Clear();
        World.Run(TimeSpan.FromSeconds(seconds - 0.1));
        return new SortedSet<string>(Heard.Select(h => $"{h.From}>{h.To}"), StringComparer.Ordinal);
    }

    public FaultAction Fault(FaultKind kind, double seconds = 1) => new(kind, World.Now, TimeSpan.FromSeconds(seconds));

    public void Dispose() => World.Dispose();

    private async Task PingAsync(IMachine machine, CancellationToken stop)
    {
        await using var socket = await machine.Network.BindAsync(new(machine.Name, Port), stop);
        machine.CreateStrand("receive").Post(async void () =>
        {
            while (true)
                Note(machine.Name, await socket.ReceiveAsync());
        });
        for (var number = 0L; !stop.IsCancellationRequested; number++)
        {
            foreach (var other in names.Where(n => n != machine.Name))
                socket.Send(new(other, Port), Message(number));
            await machine.Clock.Delay(Period, stop);
        }
    }

    private byte[] Message(long number)
    {
        var bytes = new byte[100];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), World.Now.Ticks);
        return bytes;
    }

    private void Note(string to, Datagram datagram)
    {
        var bytes = datagram.Payload.Span;
        var (number, sent) = (BinaryPrimitives.ReadInt64LittleEndian(bytes), BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]));
        var isWhole = bytes[16..].IndexOfAnyExcept((byte)0) < 0 && number is >= 0 and < 1_000_000 && sent >= 0 && sent <= World.Now.Ticks;
        Heard.Add((datagram.From.Host, to, number, new TimeSpan(sent), World.Now, isWhole));
    }
}
