using Quorate.Kernel.Machines;

namespace Quorate.Scenarios.Conformance;

/// <summary>What <see cref="INetwork"/>, <see cref="IListener"/> and <see cref="IConnection"/> promise.</summary>
public abstract class NetworkConformance : ConformanceBody
{
    [Fact]
    public Task Both_ends_hear_each_other_and_know_each_others_address() => In(async world =>
    {
        var (client, server) = await ConnectAsync(world);
        await client.Output.WriteAsync(new byte[] { 1, 2, 3 });
        Assert.Equal([1, 2, 3], await ReadAsync(server, 3));
        await server.Output.WriteAsync(new byte[] { 4, 5 });
        Assert.Equal([4, 5], await ReadAsync(client, 2));
        Assert.Equal(client.Remote, server.Local);
        Assert.Equal(server.Remote, client.Local);
        Assert.Null(client.PeerIdentity);
        await client.DisposeAsync();
        await server.DisposeAsync();
    });

    [Fact]
    public Task Where_nobody_listens_connecting_is_refused() => In(async world =>
    {
        var listener = await world.Machine("b").Network.ListenAsync(world.Address("b"));
        await listener.DisposeAsync();
        await Assert.ThrowsAnyAsync<IOException>(async () => await world.Machine("a").Network.ConnectAsync(listener.Local));
    });

    [Fact]
    public Task Port_zero_takes_a_free_port_and_a_taken_port_is_refused() => In(async world =>
    {
        var network = world.Machine("b").Network;
        await using var one = await network.ListenAsync(world.Address("b"));
        await using var two = await network.ListenAsync(world.Address("b"));
        Assert.NotEqual(0, one.Local.Port);
        Assert.NotEqual(one.Local.Port, two.Local.Port);
        var refusal = await Assert.ThrowsAnyAsync<IOException>(async () => await network.ListenAsync(one.Local));
        Assert.Contains(one.Local.ToString(), refusal.Message);
    });

    [Fact]
    public Task A_closed_listener_frees_its_port() => In(async world =>
    {
        var network = world.Machine("b").Network;
        var first = await network.ListenAsync(world.Address("b"));
        await first.DisposeAsync();
        await using var again = await network.ListenAsync(first.Local);
        Assert.Equal(first.Local, again.Local);
    });

    [Fact]
    public Task Closing_a_listener_ends_a_pending_accept_and_keeps_accepted_connections() => In(async world =>
    {
        var listener = await world.Machine("b").Network.ListenAsync(world.Address("b"));
        var accept = listener.AcceptAsync();
        await using var client = await world.Machine("a").Network.ConnectAsync(listener.Local);
        await using var server = await accept;
        var pending = listener.AcceptAsync().AsTask();
        await listener.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => pending);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await listener.AcceptAsync());
        await client.Output.WriteAsync(new byte[] { 7 });
        Assert.Equal([7], await ReadAsync(server, 1));
    });

    [Fact]
    public Task A_cancelled_accept_loses_no_connection() => In(async world =>
    {
        await using var listener = await world.Machine("b").Network.ListenAsync(world.Address("b"));
        using var cancel = new CancellationTokenSource();
        var accept = listener.AcceptAsync(cancel.Token).AsTask();
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accept);
        var next = listener.AcceptAsync();
        await using var client = await world.Machine("a").Network.ConnectAsync(listener.Local);
        await using var server = await next;
        Assert.Equal(client.Local, server.Remote);
    });

    [Fact]
    public Task A_cancelled_connect_throws_cancelled() => In(async world =>
    {
        await using var listener = await world.Machine("b").Network.ListenAsync(world.Address("b"));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await world.Machine("a").Network.ConnectAsync(listener.Local, new CancellationToken(canceled: true)));
    });

    [Fact]
    public Task Megabytes_arrive_in_order_and_unchanged_in_both_directions_at_once() => In(async world =>
    {
        var (client, server) = await ConnectAsync(world);
        var (up, down) = (Pattern(3_000_017, 1), Pattern(2_000_003, 2));
        var sending = Task.WhenAll(SendInPiecesAsync(client, up, 3), SendInPiecesAsync(server, down, 4));
        var receiving = Task.WhenAll(ReadAsync(server, up.Length), ReadAsync(client, down.Length));
        await sending;
        var received = await receiving;
        Assert.True(up.AsSpan().SequenceEqual(received[0]));
        Assert.True(down.AsSpan().SequenceEqual(received[1]));
        await client.DisposeAsync();
        await server.DisposeAsync();
    });

    [Fact]
    public Task A_clean_close_comes_after_every_byte_that_was_flushed() => In(async world =>
    {
        var (client, server) = await ConnectAsync(world);
        var sent = Pattern(300_000, 5);
        var received = ReadAsync(server, sent.Length + 1); // A flush may wait for a reader: how much is buffered is nowhere promised.
        await client.Output.WriteAsync(sent);
        var closing = client.DisposeAsync();
        Assert.Equal(sent, await received);
        await closing;
        await server.DisposeAsync();
    });

    [Fact]
    public Task Completing_the_output_ends_one_direction_and_the_other_goes_on() => In(async world =>
    {
        var (client, server) = await ConnectAsync(world);
        await client.Output.WriteAsync(new byte[] { 1 });
        await client.Output.CompleteAsync();
        Assert.Equal([1], await ReadAsync(server, 2));
        await server.Output.WriteAsync(new byte[] { 2 });
        Assert.Equal([2], await ReadAsync(client, 1));
        await client.DisposeAsync();
        await server.DisposeAsync();
    });

    [Fact]
    public Task A_close_that_leaves_bytes_unread_does_not_lose_what_was_sent() => In(async world =>
    {
        var (client, server) = await ConnectAsync(world);
        await client.Output.WriteAsync(Pattern(10_000, 6));
        await ReadAsync(server, 1);
        await server.Output.WriteAsync(new byte[] { 9 });
        await server.DisposeAsync();
        Assert.Equal([9], await ReadAsync(client, 2));
        await client.DisposeAsync();
    });

    [Fact]
    public Task An_abort_breaks_reads_and_flushes_of_both_ends() => In(async world =>
    {
        var (client, server) = await ConnectAsync(world);
        var (own, peers) = (DrainAsync(client.Input), DrainAsync(server.Input));
        client.Abort();
        await Assert.ThrowsAnyAsync<IOException>(() => own);
        await Assert.ThrowsAnyAsync<IOException>(() => peers);
        await Assert.ThrowsAnyAsync<IOException>(() => WriteForeverAsync(client));
        await Assert.ThrowsAnyAsync<IOException>(() => WriteForeverAsync(server));
        await client.DisposeAsync();
        await server.DisposeAsync();
    });

    [Fact]
    public Task A_writer_waits_when_nobody_reads_and_goes_on_when_somebody_does() => In(async world =>
    {
        var (client, server) = await ConnectAsync(world);
        var clock = world.Machine("a").Clock;
        var chunk = new byte[64 * 1024];
        long sent = 0;
        Task flush;
        do
        {
            Assert.True(sent < 256L << 20, "a quarter of a gigabyte is buffered: there is no backpressure");
            flush = client.Output.WriteAsync(chunk).AsTask();
            sent += chunk.Length;
        }
        while (await Task.WhenAny(flush, Task.Delay(TimeSpan.FromMilliseconds(250), clock)) == flush);

        var drained = DrainAsync(server.Input);
        await flush;
        await client.DisposeAsync();
        Assert.Equal(sent, await drained);
        await server.DisposeAsync();
    });

    [Fact]
    public Task Every_await_of_the_network_comes_back_to_its_strand() => In(async world =>
    {
        var strand = Here;
        await using var listener = await world.Machine("b").Network.ListenAsync(world.Address("b"));
        strand.AssertCurrent();
        var accept = listener.AcceptAsync();
        await using var client = await world.Machine("a").Network.ConnectAsync(listener.Local);
        strand.AssertCurrent();
        await using var server = await accept;
        strand.AssertCurrent();
        for (var i = 0; i < 100; i++)
        {
            var read = server.Input.ReadAsync();
            await client.Output.WriteAsync(new byte[] { 1 });
            strand.AssertCurrent();
            server.Input.AdvanceTo((await read).Buffer.End);
            strand.AssertCurrent();
        }
    });

    private static async Task SendInPiecesAsync(IConnection connection, byte[] bytes, int seed)
    {
        var random = new Random(seed);
        for (var at = 0; at < bytes.Length;)
        {
            var count = Math.Min(bytes.Length - at, random.Next(1, 100_000));
            await connection.Output.WriteAsync(bytes.AsMemory(at, count));
            at += count;
        }
    }

    private static async Task WriteForeverAsync(IConnection connection)
    {
        for (var i = 0; i < 100_000; i++)
            await connection.Output.WriteAsync(new byte[1024]);
    }
}
