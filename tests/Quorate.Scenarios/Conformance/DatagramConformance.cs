using Quorate.Kernel.Machines;

namespace Quorate.Scenarios.Conformance;

/// <summary>What <see cref="IDatagramSocket"/> promises. Any datagram may be lost, so the tests send again until one arrives.</summary>
public abstract class DatagramConformance : ConformanceBody
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1200)]
    [InlineData(IDatagramSocket.PayloadBytesMax)]
    public Task A_datagram_arrives_whole_with_the_senders_address(int bytes) => In(async world =>
    {
        var (one, two) = await BindAsync(world);
        var payload = Pattern(bytes, 1);
        var received = await SendUntilReceivedAsync(world.Machine("a").Clock, one, two, payload);
        Assert.Equal(one.Local, received.From);
        Assert.True(payload.AsSpan().SequenceEqual(received.Payload.Span));
        await one.DisposeAsync();
        await two.DisposeAsync();
    });

    [Fact]
    public Task A_payload_beyond_the_bound_is_refused() => In(async world =>
    {
        var (one, two) = await BindAsync(world);
        Assert.ThrowsAny<ArgumentException>(() => one.Send(two.Local, new byte[IDatagramSocket.PayloadBytesMax + 1]));
        await one.DisposeAsync();
        await two.DisposeAsync();
    });

    [Fact]
    public Task Sending_to_nobody_is_no_error_and_the_socket_goes_on() => In(async world =>
    {
        var (one, two) = await BindAsync(world);
        var gone = two.Local;
        await two.DisposeAsync();
        for (var i = 0; i < 10; i++)
            one.Send(gone, [1]);
        await using var three = await world.Machine("b").Network.BindAsync(world.Address("b"));
        var received = await SendUntilReceivedAsync(world.Machine("a").Clock, one, three, [2]);
        Assert.Equal([2], received.Payload.ToArray());
        await one.DisposeAsync();
    });

    [Fact]
    public Task Disposing_ends_a_pending_receive() => In(async world =>
    {
        var (one, two) = await BindAsync(world);
        var pending = two.ReceiveAsync().AsTask();
        await two.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => pending);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await two.ReceiveAsync());
        await one.DisposeAsync();
    });

    [Fact]
    public Task A_taken_port_is_refused() => In(async world =>
    {
        var (one, two) = await BindAsync(world);
        await Assert.ThrowsAnyAsync<IOException>(async () => await world.Machine("b").Network.BindAsync(two.Local));
        await one.DisposeAsync();
        await two.DisposeAsync();
    });

    private static async Task<(IDatagramSocket One, IDatagramSocket Two)> BindAsync(IConformanceWorld world) => (
        await world.Machine("a").Network.BindAsync(world.Address("a")),
        await world.Machine("b").Network.BindAsync(world.Address("b")));

    private static async Task<Datagram> SendUntilReceivedAsync(TimeProvider clock, IDatagramSocket from, IDatagramSocket to, byte[] payload)
    {
        var receive = to.ReceiveAsync().AsTask();
        do
        {
            from.Send(to.Local, payload);
        }
        while (await Task.WhenAny(receive, Task.Delay(TimeSpan.FromMilliseconds(100), clock)) != receive);

        return await receive;
    }
}
