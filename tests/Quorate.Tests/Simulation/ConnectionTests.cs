using Quorate.Kernel.Machines;
using Quorate.Simulation;
using Quorate.Simulation.Execution;
using Quorate.Simulation.Networks;

namespace Quorate.Tests.Simulation;

public sealed class ConnectionTests
{
    [Fact]
    public void Bytes_come_back_in_order_whatever_the_network_loses()
    {
        using var world = new World(7);
        world.Network.Loss = 0.2;
        world.AddMachine("s", EchoWorld.ServeAsync);
        var same = false;
        var client = world.AddClient("c", async (machine, ct) =>
        {
            await using var connection = await machine.Network.ConnectAsync(new("s", 7000), ct);
            var bytes = new byte[300_000];
            machine.Random.NextBytes(bytes);
            var sending = connection.Output.WriteAsync(bytes, ct);
            var back = await EchoWorld.ReadExactlyAsync(connection.Input, bytes.Length);
            await sending;
            same = back.AsSpan().SequenceEqual(bytes);
        });
        Assert.True(world.RunUntil(() => client.HasFinished, TimeSpan.FromMinutes(2)));
        Assert.True(same);
    }

    [Fact]
    public void Where_nobody_listens_the_connection_is_refused()
    {
        using var world = new World(1);
        world.AddMachine("s", (_, _) => Task.CompletedTask);
        var refusal = Outcome(world, async machine => await machine.Network.ConnectAsync(new("s", 7000)));
        Assert.Contains("refused", Assert.IsType<ConnectionRefusedException>(refusal).Message);
    }

    [Fact]
    public void Connecting_over_a_partition_times_out()
    {
        using var world = new World(1);
        world.AddMachine("s", EchoWorld.ServeAsync);
        world.After(TimeSpan.Zero, () => world.Network.Cut("c", "s"));
        var failure = Outcome(world, async machine =>
        {
            await machine.Clock.Delay(TimeSpan.FromSeconds(1));
            await machine.Network.ConnectAsync(new("s", 7000));
        });
        Assert.Contains("did not answer", Assert.IsType<IOException>(failure).Message);
        Assert.InRange(world.Now.TotalSeconds, 10.9, 12);
    }

    [Fact]
    public void A_peer_that_closes_completes_the_reader_after_its_last_byte()
    {
        using var world = new World(3);
        world.AddMachine("s", async (machine, ct) =>
        {
            await using var listener = await machine.Network.ListenAsync(new("s", 7000), ct);
            await using var connection = await listener.AcceptAsync(ct);
            await connection.Output.WriteAsync("last words"u8.ToArray(), ct);
        });
        var heard = "";
        Outcome(world, async machine =>
        {
            await machine.Clock.Delay(TimeSpan.FromSeconds(1));
            await using var connection = await machine.Network.ConnectAsync(new("s", 7000));
            var read = await connection.Input.ReadAtLeastAsync(100);
            Assert.True(read.IsCompleted);
            heard = System.Text.Encoding.UTF8.GetString(read.Buffer.FirstSpan);
        });
        Assert.Equal("last words", heard);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_peer_that_crashes_resets_the_connection_at_once_or_after_a_while(ulong seed)
    {
        using var world = new World(seed);
        var server = world.AddMachine("s", EchoWorld.ServeAsync);
        world.After(TimeSpan.FromSeconds(2), server.Crash);
        var failure = Outcome(world, async machine =>
        {
            await machine.Clock.Delay(TimeSpan.FromSeconds(1));
            await using var connection = await machine.Network.ConnectAsync(new("s", 7000));
            while (true)
            {
                await EchoWorld.AskAsync(connection, [1, 2, 3]);
                await machine.Clock.Delay(TimeSpan.FromMilliseconds(100));
            }
        });
        Assert.Contains("reset", Assert.IsType<IOException>(failure).Message);
        Assert.InRange(world.Now.TotalSeconds, 2, 25);
    }

    [Fact]
    public void A_short_partition_stalls_the_stream_and_a_long_one_resets_it()
    {
        foreach (var (seconds, survives) in new[] { (3, true), (60, false) })
        {
            using var world = new World(5);
            world.AddMachine("s", EchoWorld.ServeAsync);
            world.After(TimeSpan.FromSeconds(2), () => world.Network.Partition("s", "c"));
            world.After(TimeSpan.FromSeconds(2 + seconds), world.Network.Heal);
            var failure = Outcome(world, async machine =>
            {
                await machine.Clock.Delay(TimeSpan.FromSeconds(1));
                await using var connection = await machine.Network.ConnectAsync(new("s", 7000));
                await machine.Clock.Delay(TimeSpan.FromSeconds(2));
                await EchoWorld.AskAsync(connection, [1, 2, 3]);
            });
            Assert.Equal(survives, failure is null);
            if (survives)
                Assert.True(world.Now > TimeSpan.FromSeconds(5));
        }
    }

    [Fact]
    public void A_reader_that_does_not_read_holds_the_writer_back()
    {
        using var world = new World(9);
        world.AddMachine("s", async (machine, ct) =>
        {
            var listener = await machine.Network.ListenAsync(new("s", 7000), ct);
            await listener.AcceptAsync(ct);
        });
        var written = 0;
        world.AddClient("c", async (machine, ct) =>
        {
            await machine.Clock.Delay(TimeSpan.FromSeconds(1), ct);
            var connection = await machine.Network.ConnectAsync(new("s", 7000), ct);
            while (true)
            {
                await connection.Output.WriteAsync(new byte[1000], ct);
                written += 1000;
            }
        });
        world.Run(TimeSpan.FromMinutes(1));
        Assert.InRange(written, 64 * 1024, 1024 * 1024);
    }

    private static Exception? Outcome(World world, Func<IMachine, Task> body)
    {
        Exception? failure = null;
        var client = world.AddClient("c", async (machine, _) =>
        {
            try
            {
                await body(machine);
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                failure = e;
            }
        });
        Assert.True(world.RunUntil(() => client.HasFinished, TimeSpan.FromMinutes(5)));
        return failure;
    }
}
