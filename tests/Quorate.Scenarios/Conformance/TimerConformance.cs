namespace Quorate.Scenarios.Conformance;

/// <summary>What a machine's clock promises.</summary>
public abstract class TimerConformance : ConformanceBody
{
    // The system's timers count in ticks of a coarse clock, and so may be early by one of its steps.
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(20);

    [Fact]
    public Task Delays_end_in_the_order_of_their_due_times() => In(async world =>
    {
        var clock = world.Machine("a").Clock;
        var order = new List<int>();
        await Task.WhenAll(new[] { 400, 100, 300, 200 }.Select(async ms =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(ms), clock);
            order.Add(ms);
        }));
        Assert.Equal([100, 200, 300, 400], order);
    });

    [Fact]
    public Task A_delay_lasts_as_long_as_it_says_by_both_clocks() => In(async world =>
    {
        var clock = world.Machine("a").Clock;
        var (wall, stamp) = (clock.GetUtcNow(), clock.GetTimestamp());
        await Task.Delay(TimeSpan.FromMilliseconds(200), clock);
        Assert.True(clock.GetElapsedTime(stamp) >= TimeSpan.FromMilliseconds(200) - Grain);
        Assert.True(clock.GetUtcNow() - wall >= TimeSpan.FromMilliseconds(200) - Grain);
    });

    [Fact]
    public Task Timestamps_never_go_back() => In(async world =>
    {
        var clock = world.Machine("a").Clock;
        var last = clock.GetTimestamp();
        for (var i = 0; i < 1_000; i++)
        {
            await Task.Yield();
            var now = clock.GetTimestamp();
            Assert.True(now >= last);
            last = now;
        }
    });

    [Fact]
    public Task A_cancelled_delay_ends_at_once() => In(async world =>
    {
        var clock = world.Machine("a").Clock;
        var start = clock.GetTimestamp();
        using var cancel = new CancellationTokenSource();
        var delay = Task.Delay(TimeSpan.FromHours(1), clock, cancel.Token);
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delay);
        Assert.True(clock.GetElapsedTime(start) < TimeSpan.FromMinutes(1));
    });

    [Fact]
    public Task A_token_source_with_a_timeout_cancels_then() => In(async world =>
    {
        var clock = world.Machine("a").Clock;
        using var timeout = new CancellationTokenSource(TimeSpan.FromMilliseconds(100), clock);
        var never = new TaskCompletionSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => never.Task.WaitAsync(timeout.Token));
        await Assert.ThrowsAsync<TimeoutException>(() => never.Task.WaitAsync(TimeSpan.FromMilliseconds(50), clock));
    });

    [Fact]
    public Task A_periodic_timer_ticks_until_it_is_disposed() => In(async world =>
    {
        var clock = world.Machine("a").Clock;
        var start = clock.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50), clock);
        for (var i = 0; i < 4; i++)
            Assert.True(await timer.WaitForNextTickAsync());
        Assert.True(clock.GetElapsedTime(start) >= TimeSpan.FromMilliseconds(200) - Grain);
        timer.Dispose();
        Assert.False(await timer.WaitForNextTickAsync());
    });

    [Fact]
    public Task A_stopped_timer_does_not_fire() => In(async world =>
    {
        var (clock, strand) = (world.Machine("a").Clock, Here);
        var fired = 0;
        await using var timer = clock.CreateTimer(
            _ => strand.Post(() => fired++), null, TimeSpan.FromMilliseconds(100), Timeout.InfiniteTimeSpan);
        Assert.True(timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        await Task.Delay(TimeSpan.FromMilliseconds(200), clock);
        Assert.Equal(0, fired);
        Assert.True(timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan));
        await Task.Delay(TimeSpan.FromMilliseconds(100), clock);
        Assert.Equal(1, fired);
    });
}
