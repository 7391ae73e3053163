using Quorate.Kernel.Machines;
using Quorate.Runtime.Machines;

namespace Quorate.Tests.Runtime.Network;

public sealed class SocketNetworkTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly RealMachine machine = new(new RealMachineOptions { Name = "m" });

    public ValueTask DisposeAsync() => machine.DisposeAsync();

    [Fact]
    public async Task Errors_name_the_address_and_the_reason()
    {
        var taken = await machine.Network.ListenAsync(new NetworkAddress("127.0.0.1", 0));
        var inUse = await Assert.ThrowsAsync<IOException>(async () => await machine.Network.ListenAsync(taken.Local));
        Assert.Equal($"Cannot listen on {taken.Local}: the address is in use.", inUse.Message);
        await taken.DisposeAsync();
        var refused = await Assert.ThrowsAsync<ConnectionRefusedException>(async () => await machine.Network.ConnectAsync(taken.Local));
        Assert.Equal($"Cannot connect to {taken.Local}: nobody listens there.", refused.Message);
        var foreign = new NetworkAddress("192.0.2.1", 0);
        var notOurs = await Assert.ThrowsAsync<IOException>(async () => await machine.Network.ListenAsync(foreign));
        Assert.Equal("Cannot listen on 192.0.2.1:0: the address is not one of this machine.", notOurs.Message);
    }

    [Fact]
    public async Task Localhost_and_the_v6_loopback_work()
    {
        foreach (var host in new[] { "localhost", "::1" })
        {
            Assert.SkipUnless(host != "::1" || System.Net.Sockets.Socket.OSSupportsIPv6, "no IPv6 here");
            await using var listener = await machine.Network.ListenAsync(new NetworkAddress(host, 0));
            await using var client = await machine.Network.ConnectAsync(listener.Local with { Host = host });
            await using var server = await listener.AcceptAsync();
            Assert.Equal(client.Local, server.Remote);
        }
    }

    [Fact]
    public async Task Disposing_the_machine_resets_what_is_open_and_refuses_more()
    {
        var other = new RealMachine(new RealMachineOptions { Name = "o" });
        var listener = await machine.Network.ListenAsync(new NetworkAddress("127.0.0.1", 0));
        var client = await other.Network.ConnectAsync(listener.Local);
        var server = await listener.AcceptAsync();
        await other.DisposeAsync();
        await Assert.ThrowsAnyAsync<IOException>(async () => await server.Input.ReadAsync().AsTask().WaitAsync(Patience));
        await Assert.ThrowsAnyAsync<Exception>(async () => await other.Network.ConnectAsync(listener.Local));
        await server.DisposeAsync();
        await client.DisposeAsync();
    }

    [Fact]
    public async Task A_reader_without_a_strand_may_block_its_thread()
    {
        await using var listener = await machine.Network.ListenAsync(new NetworkAddress("127.0.0.1", 0));
        var client = await machine.Network.ConnectAsync(listener.Local);
        var server = await listener.AcceptAsync();
        var strand = machine.CreateStrand("answers");
        var blocking = Task.Run(async () =>
        {
            await server.Input.ReadAsync();
            // A strand that this code wakes must run although the code that woke it blocks.
            return strand.InvokeAsync(() => Task.FromResult(7)).GetAwaiter().GetResult();
        });
        await client.Output.WriteAsync(new byte[1]);
        Assert.Equal(7, await blocking.WaitAsync(Patience));
        await client.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Strands_on_both_ends_never_lose_a_read_to_the_pool()
    {
        await using var listener = await machine.Network.ListenAsync(new NetworkAddress("127.0.0.1", 0));
        var (one, two) = (machine.CreateStrand("one"), machine.CreateStrand("two"));
        var echo = two.InvokeAsync(async () =>
        {
            await using var server = await listener.AcceptAsync();
            await BounceAsync(server, first: false);
        });
        await one.InvokeAsync(async () =>
        {
            await using var client = await machine.Network.ConnectAsync(listener.Local);
            await BounceAsync(client, first: true);
        }).WaitAsync(Patience);
        await echo.WaitAsync(Patience);
    }

    private static async Task BounceAsync(IConnection connection, bool first)
    {
        var strand = Assert.IsAssignableFrom<Quorate.Kernel.Strands.Strand>(SynchronizationContext.Current);
        for (var i = 0; i < 5_000; i++)
        {
            if (first || i > 0)
                await connection.Output.WriteAsync(new byte[1]);
            var read = await connection.Input.ReadAsync();
            strand.AssertCurrent();
            connection.Input.AdvanceTo(read.Buffer.End);
        }

        if (!first)
            await connection.Output.WriteAsync(new byte[1]);
    }
}
