using Quorate.Services.Recipes;

namespace Shared.Recipes;

public abstract class LockConformance : RecipeConformanceBody
{
    [Fact]
    public Task A_lock_passes_from_one_to_the_next_in_the_order_of_asking() => With(3, async clients =>
    {
        var order = new List<int>();
        var first = await clients[0].Locks.AcquireAsync("invoice/42");
        var tokens = new List<long> { first.Token };
        var waiting = new List<Task>();
        for (var i = 1; i < 3; i++)
        {
            waiting.Add(TakeAsync(i));
            await StaysOpen(waiting[^1]);
        }

        Assert.Empty(order);
        await first.DisposeAsync();
        await Task.WhenAll(waiting);
        Assert.Equal([1, 2], order);
        Assert.Equal(tokens.Order(), tokens);
        Assert.Equal(3, tokens.Distinct().Count());

        async Task TakeAsync(int who)
        {
            await using var held = await clients[who].Locks.AcquireAsync("invoice/42");
            order.Add(who);
            tokens.Add(held.Token);
        }
    });

    [Fact]
    public Task One_client_waits_for_itself_too() => With(1, async clients =>
    {
        var first = await clients[0].Locks.AcquireAsync("a");
        var second = clients[0].Locks.AcquireAsync("a").AsTask();
        Assert.True(await StaysOpen(second));
        await first.DisposeAsync();
        await (await second).DisposeAsync();
    });

    [Fact]
    public Task A_lock_that_is_taken_is_not_to_be_had_at_once() => With(2, async clients =>
    {
        var held = await clients[0].Locks.TryAcquireAsync("a");
        Assert.NotNull(held);
        Assert.Null(await clients[1].Locks.TryAcquireAsync("a"));
        await held.DisposeAsync();
        var later = await clients[1].Locks.TryAcquireAsync("a");
        Assert.True(later!.Token > held.Token);
    });

    [Fact]
    public Task Names_are_names_and_no_folders() => With(1, async clients =>
    {
        await using var outer = await clients[0].Locks.AcquireAsync("a");
        await using var inner = await clients[0].Locks.AcquireAsync("a/b");
        await using var odd = await clients[0].Locks.AcquireAsync("a%2Fb ü");
        await Assert.ThrowsAsync<ArgumentException>(() => clients[0].Locks.AcquireAsync("").AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => clients[0].Locks.AcquireAsync(new string('x', 513)).AsTask());
    });

    [Fact]
    public Task Who_gives_up_waiting_leaves_the_line() => With(3, async clients =>
    {
        var first = await clients[0].Locks.AcquireAsync("a");
        using var patience = new CancellationTokenSource();
        var second = clients[1].Locks.AcquireAsync("a", patience.Token).AsTask();
        await StaysOpen(second);
        var third = clients[2].Locks.AcquireAsync("a").AsTask();
        await StaysOpen(third);
        patience.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.True(await StaysOpen(third));
        await first.DisposeAsync();
        await (await third).DisposeAsync();
    });

    [Fact]
    public Task Letting_go_is_told_before_the_next_one_gets_it() => With(2, async clients =>
    {
        var first = await clients[0].Locks.AcquireAsync("a");
        Assert.True(first.IsHeld);
        var next = clients[1].Locks.AcquireAsync("a").AsTask();
        Assert.True(await StaysOpen(next));
        var wasOpen = false;
        using var registration = first.Lost.Register(() => wasOpen = !next.IsCompleted);
        await first.DisposeAsync();
        Assert.True(wasOpen);
        Assert.False(first.IsHeld);
        Assert.Throws<SessionLostException>(first.ThrowIfLost);
        await (await next).DisposeAsync();
    });

    [Fact]
    public Task A_client_that_ends_lets_go_of_all_that_it_holds() => With(2, async clients =>
    {
        var a = await clients[0].Locks.AcquireAsync("a");
        var b = await clients[0].Locks.AcquireAsync("b");
        var waiting = clients[1].Locks.AcquireAsync("b").AsTask();
        Assert.True(await StaysOpen(waiting));
        await clients[0].DisposeAsync();
        Assert.True(a.Lost.IsCancellationRequested && b.Lost.IsCancellationRequested);
        await (await waiting).DisposeAsync();
    });

    [Fact]
    public Task A_guarded_write_of_a_stale_holder_is_refused() => With(2, async clients =>
    {
        var (old, next) = (clients[0], clients[1]);
        var first = await old.Locks.AcquireAsync("a");
        var fence = first.Fence;
        var revision = await old.Store.PutAsync("balance", Bytes("1"), fence);
        Assert.Equal(revision, (await old.Store.GetAsync("balance"))!.ModRevision);
        await first.DisposeAsync();
        var second = await next.Locks.AcquireAsync("a");
        var stale = await Assert.ThrowsAsync<StaleHolderException>(() => old.Store.PutAsync("balance", Bytes("2"), fence).AsTask());
        Assert.Equal(fence.Token, stale.Token);
        await Assert.ThrowsAsync<StaleHolderException>(() => old.Store.DeleteAsync("balance", fence).AsTask());
        await Assert.ThrowsAsync<StaleHolderException>(() => old.Store.TryPutAsync("balance", revision, Bytes("2"), fence).AsTask());
        Assert.Equal("1", Text((await next.Store.GetAsync("balance"))!.Value));
        Assert.Null(await next.Store.TryPutAsync("balance", revision + 1, Bytes("3"), second.Fence));
        Assert.NotNull(await next.Store.TryPutAsync("balance", revision, Bytes("3"), second.Fence));
    });

    [Fact]
    public Task A_session_that_the_store_ends_is_lost_with_all_that_hangs_on_it() => WithStore(async (machine, provider) =>
    {
        await using var client = new Quorate.Services.Recipes.Clients.CoordinationClient(machine, provider, Short);
        var held = await client.Locks.AcquireAsync("a");
        var key = await provider.RangeAsync(new(held.Fence.Key), default);
        await provider.LeaseRevokeAsync(key.KeyValues[0].Lease, default);
        var lost = new TaskCompletionSource();
        using var registration = held.Lost.Register(lost.SetResult);
        await lost.Task;
        Assert.False(held.IsHeld);
        await using var again = await client.Locks.AcquireAsync("a");
        Assert.True(again.Token > held.Token && again.IsHeld);
    });

    [Fact]
    public Task A_kept_session_outlives_its_time_many_times() => With(1, async clients =>
    {
        var held = await clients[0].Locks.AcquireAsync("a");
        await Task.Delay(TimeSpan.FromSeconds(5), Clock);
        Assert.True(held.IsHeld);
        await clients[0].Store.PutAsync("k", Bytes("v"), held.Fence);
    }, Short);

    [Fact]
    public Task Readers_share_and_writers_do_not_and_nobody_overtakes() => With(2, async clients =>
    {
        var (one, two) = (clients[0].ReadWriteLocks, clients[1].ReadWriteLocks);
        var reader = await one.AcquireReadAsync("a");
        var other = await two.AcquireReadAsync("a");
        var writer = two.AcquireWriteAsync("a").AsTask();
        Assert.True(await StaysOpen(writer));
        var late = one.AcquireReadAsync("a").AsTask();
        Assert.True(await StaysOpen(late));
        await reader.DisposeAsync();
        Assert.True(await StaysOpen(writer));
        await other.DisposeAsync();
        var writing = await writer;
        Assert.True(await StaysOpen(late));
        await writing.DisposeAsync();
        await (await late).DisposeAsync();
    });

    [Fact]
    public Task A_semaphore_has_as_many_holders_as_places() => With(2, async clients =>
    {
        var semaphore = clients[0].Semaphore;
        var held = new List<IHeld> { await semaphore.AcquireAsync("s", 3), await clients[1].Semaphore.AcquireAsync("s", 3), await semaphore.AcquireAsync("s", 3) };
        var waiting = new List<Task<IHeld>>();
        for (var i = 0; i < 4; i++)
        {
            waiting.Add(clients[i % 2].Semaphore.AcquireAsync("s", 3).AsTask());
            Assert.True(await StaysOpen(waiting[i]));
        }

        await Assert.ThrowsAsync<ArgumentException>(() => semaphore.AcquireAsync("s", 4).AsTask());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => semaphore.AcquireAsync("s", 0).AsTask());
        await held[1].DisposeAsync();
        held.Add(await waiting[0]);
        Assert.True(await StaysOpen(waiting[1]));
        await held[0].DisposeAsync();
        await held[2].DisposeAsync();
        held.AddRange([await waiting[1], await waiting[2]]);
        Assert.True(await StaysOpen(waiting[3]));
        await held[^1].DisposeAsync();
        await waiting[3];
    });
}
