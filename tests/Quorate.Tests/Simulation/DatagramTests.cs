using System.Buffers.Binary;
using Quorate.Kernel.Machines;
using Quorate.Simulation;
using Quorate.Simulation.Faults;

namespace Quorate.Tests.Simulation;

public sealed class DatagramTests
{
    private const int Sent = 2000;

    [Fact]
    public void A_healthy_network_delivers_each_datagram_once()
    {
        var got = Receive(_ => { });
        Assert.Equal(Enumerable.Range(0, Sent), got.Order());
    }

    [Fact]
    public void Loss_loses_some() => Assert.InRange(Receive(world => world.Network.Loss = 0.5).Count, Sent * 4 / 10, Sent * 6 / 10);

    [Fact]
    public void Duplication_doubles_some()
    {
        var got = Receive(world => world.Network.Duplication = 0.5);
        Assert.Equal(Sent, got.Distinct().Count());
        Assert.InRange(got.Count, Sent * 14 / 10, Sent * 16 / 10);
    }

    [Fact]
    public void Reordering_lets_later_ones_overtake()
    {
        var got = Receive(world => world.Network.Reordering = 0.5);
        Assert.Equal(Sent, got.Count);
        Assert.NotEqual(got.Order(), got);
    }

    [Fact]
    public void A_one_way_cut_stops_one_direction_only()
    {
        Assert.Empty(Receive(world => world.Network.Cut("a", "b")));
        Assert.Equal(Sent, Receive(world => world.Network.Cut("b", "a")).Count);
    }

    [Fact]
    public void A_clog_holds_all_back_and_loses_nothing()
    {
        var firstAt = TimeSpan.Zero;
        var got = Receive(world => world.Network.Clog("a", "b", TimeSpan.FromSeconds(30)), world => firstAt = world.Now);
        Assert.Equal(Sent, got.Count);
        Assert.InRange(firstAt.TotalSeconds, 30, 31);
    }

    [Fact]
    public void A_receive_that_was_given_up_loses_no_datagram()
    {
        using var world = new World(2);
        var got = 0;
        world.AddMachine("b", async (machine, ct) =>
        {
            await using var socket = await machine.Network.BindAsync(new("b", 1), ct);
            while (true)
            {
                using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(3), machine.Clock);
                try
                {
                    await socket.ReceiveAsync(patience.Token);
                    got++;
                }
                catch (OperationCanceledException)
                {
                    // Tried again at once.
                }
            }
        });
        AddSender(world);
        world.Run(TimeSpan.FromMinutes(1));
        Assert.Equal(Sent, got);
    }

    private static List<int> Receive(Action<World> prepare, Action<World>? onFirst = null)
    {
        using var world = new World(2);
        var got = new List<int>();
        world.AddMachine("b", async (machine, ct) =>
        {
            await using var socket = await machine.Network.BindAsync(new("b", 1), ct);
            while (true)
            {
                var datagram = await socket.ReceiveAsync(ct);
                if (got.Count == 0)
                    onFirst?.Invoke(world);
                got.Add(BinaryPrimitives.ReadInt32LittleEndian(datagram.Payload.Span));
            }
        });
        AddSender(world);
        prepare(world);
        world.Run(TimeSpan.FromMinutes(1));
        return got;
    }

    private static void AddSender(World world) => world.AddMachine("a", async (machine, ct) =>
    {
        await using var socket = await machine.Network.BindAsync(new("a", 0), ct);
        var payload = new byte[4];
        for (var i = 0; i < Sent; i++)
        {
            await machine.Clock.Delay(TimeSpan.FromMilliseconds(2), ct);
            BinaryPrimitives.WriteInt32LittleEndian(payload, i);
            socket.Send(new("b", 1), payload);
        }
    });
}
