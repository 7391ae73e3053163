using Quorate.Kernel.Machines;
using Quorate.Simulation;

namespace Quorate.Tests.Simulation;

public sealed class DeterminismTests
{
    // Golden: the same in every process, in Debug and in Release. It changes when the simulator takes other steps, and only then.
    private const ulong GoldenHash = 15934310025671387213;

    [Fact]
    public void The_same_seed_takes_the_same_steps_twice()
    {
        var first = HashOf(42);
        Assert.Equal(first, HashOf(42));
        Assert.NotEqual(first.Hash, HashOf(43).Hash);
    }

    [Fact]
    public void The_hash_of_a_seed_is_the_same_in_every_process_and_build() => Assert.Equal(GoldenHash, HashOf(42).Hash);

    internal static (ulong Hash, long Events) HashOf(ulong seed)
    {
        using var world = new World(seed);
        world.Network.Loss = 0.05;
        world.Network.Duplication = 0.05;
        world.Network.Reordering = 0.1;
        var server = world.AddMachine("s", EchoWorld.ServeAsync);
        for (var i = 0; i < 3; i++)
            world.AddMachine($"n{i}", GossipAsync);
        world.AddClient("c", TalkAsync);
        world.After(TimeSpan.FromSeconds(5), server.Restart);
        world.After(TimeSpan.FromSeconds(8), () => world.Network.Partition("n0", "n1"));
        world.Run(TimeSpan.FromSeconds(20));
        return (world.TraceHash, world.Events);
    }

    private static async Task GossipAsync(IMachine machine, CancellationToken ct)
    {
        await machine.Disk.CreateDirectoryAsync("d", ct);
        await using var file = await machine.Disk.OpenAsync("d/log", OpenMode.OpenOrCreate, ct);
        await using var socket = await machine.Network.BindAsync(new(machine.Name, 9), ct);
        machine.CreateStrand("receive").Post(async void () =>
        {
            while (true)
            {
                var datagram = await socket.ReceiveAsync(ct);
                await file.WriteAndSyncAsync(file.Length, datagram.Payload, ct);
            }
        });
        while (true)
        {
            await machine.Clock.Delay(TimeSpan.FromMilliseconds(machine.Random.Next(1, 50)), ct);
            socket.Send(new($"n{machine.Random.Next(3)}", 9), [1, 2, 3]);
        }
    }

    private static async Task TalkAsync(IMachine machine, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await using var connection = await machine.Network.ConnectAsync(new("s", 7000), ct);
                while (true)
                {
                    await EchoWorld.AskAsync(connection, new byte[machine.Random.Next(1, 5000)]);
                    await machine.Clock.Delay(TimeSpan.FromMilliseconds(20), ct);
                }
            }
            catch (IOException)
            {
                await machine.Clock.Delay(TimeSpan.FromMilliseconds(100), ct);
            }
        }
    }
}
