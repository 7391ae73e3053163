using Quorate.Services.Recipes;

namespace Shared.Recipes;

public abstract class GroupConformance : RecipeConformanceBody
{
    [Fact]
    public Task One_leads_and_the_others_know_and_take_over() => With(2, async clients =>
    {
        Assert.Null(await clients[1].Election.FindLeaderAsync("e"));
        var first = await clients[0].Election.CampaignAsync("e", Bytes("one"));
        var second = clients[1].Election.CampaignAsync("e", Bytes("two")).AsTask();
        Assert.True(await StaysOpen(second));
        Assert.Equal(("one", first.Token), Said(await clients[1].Election.FindLeaderAsync("e")));
        await first.ProclaimAsync(Bytes("one, still"));
        Assert.Equal(("one, still", first.Token), Said(await clients[1].Election.FindLeaderAsync("e")));
        await first.DisposeAsync();
        var leads = await second;
        Assert.True(leads.Token > first.Token);
        Assert.Equal(("two", leads.Token), Said(await clients[0].Election.FindLeaderAsync("e")));
        await Assert.ThrowsAsync<StaleHolderException>(() => first.ProclaimAsync(Bytes("one again")).AsTask());
    });

    [Fact]
    public Task An_observer_is_told_of_each_leader() => With(3, async clients =>
    {
        var told = new List<string>();
        using var end = new CancellationTokenSource();
        var observing = ObserveAsync();
        foreach (var (client, name) in new[] { (clients[0], "one"), (clients[1], "two") })
        {
            await using var leads = await client.Election.CampaignAsync("e", Bytes(name));
            await UntilAsync(() => told.LastOrDefault() == name);
        }

        await UntilAsync(() => told.Count > 3 && told[^1] == "nobody");
        end.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => observing);
        Assert.Equal(["nobody", "one", "two", "nobody"], told.Where((t, i) => t != "nobody" || i == 0 || i == told.Count - 1));

        async Task ObserveAsync()
        {
            await foreach (var leader in clients[2].Election.ObserveAsync("e", end.Token))
                told.Add(leader is null ? "nobody" : Text(leader.Value));
        }
    });

    [Fact]
    public Task A_raised_barrier_holds_until_it_is_lowered() => With(2, async clients =>
    {
        await clients[0].Barrier.WaitAsync("b");
        await clients[0].Barrier.RaiseAsync("b");
        await clients[1].Barrier.RaiseAsync("b");
        var waiting = clients[1].Barrier.WaitAsync("b").AsTask();
        Assert.True(await StaysOpen(waiting));
        await clients[0].Barrier.LowerAsync("b");
        await waiting;
    });

    [Fact]
    public Task A_double_barrier_lets_nobody_in_or_out_alone_and_can_be_used_again() => With(2, async clients =>
    {
        for (var round = 0; round < 3; round++)
        {
            var one = clients[0].Barrier.EnterAsync("b", 3).AsTask();
            var two = clients[1].Barrier.EnterAsync("b", 3).AsTask();
            Assert.True(await StaysOpen(Task.WhenAny(one, two)));
            var passages = new[] { await clients[0].Barrier.EnterAsync("b", 3), await one, await two };
            Assert.Single(passages.Select(p => p.Round).Distinct());
            var leaving = passages.Take(2).Select(p => p.LeaveAsync().AsTask()).ToArray();
            Assert.True(await StaysOpen(Task.WhenAny(leaving)));
            await passages[2].LeaveAsync();
            await Task.WhenAll(leaving);
        }
    });

    [Fact]
    public Task Who_gives_up_entering_does_not_count() => With(2, async clients =>
    {
        using var patience = new CancellationTokenSource();
        var one = clients[0].Barrier.EnterAsync("b", 2, patience.Token).AsTask();
        Assert.True(await StaysOpen(one));
        patience.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        var two = clients[1].Barrier.EnterAsync("b", 2).AsTask();
        Assert.True(await StaysOpen(two));
        await using var again = await clients[0].Barrier.EnterAsync("b", 2);
        await (await two).DisposeAsync();
    });

    [Fact]
    public Task An_instance_is_listed_while_its_client_lives() => With(2, async clients =>
    {
        var (own, other) = (clients[0].Registry, clients[1].Registry);
        var a = await own.RegisterAsync("orders", "a/1", Bytes("10.0.0.1"));
        await own.RegisterAsync("orders", "b", Bytes("10.0.0.2"));
        await own.RegisterAsync("invoices", "a", Bytes("10.0.0.9"));
        Assert.Equal([("a/1", "10.0.0.1"), ("b", "10.0.0.2")], Shown(await other.ListAsync("orders")));
        await a.UpdateAsync(Bytes("10.0.0.3"));
        Assert.Equal([("a/1", "10.0.0.3"), ("b", "10.0.0.2")], Shown(await other.ListAsync("orders")));
        await a.DisposeAsync();
        Assert.Equal([("b", "10.0.0.2")], Shown(await other.ListAsync("orders")));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => a.UpdateAsync(Bytes("x")).AsTask());
        await clients[0].DisposeAsync();
        Assert.Empty(await other.ListAsync("orders"));
    });

    [Fact]
    public Task A_later_registration_of_a_name_stays_when_the_earlier_one_goes() => With(2, async clients =>
    {
        var first = await clients[0].Registry.RegisterAsync("orders", "a", Bytes("1"));
        await using var second = await clients[1].Registry.RegisterAsync("orders", "a", Bytes("2"));
        await first.DisposeAsync();
        Assert.Equal([("a", "2")], Shown(await clients[0].Registry.ListAsync("orders")));
    });

    [Fact]
    public Task A_registration_comes_back_after_its_session_was_lost() => WithStore(async (machine, provider) =>
    {
        await using var client = new Quorate.Services.Recipes.Clients.CoordinationClient(machine, provider, Short);
        var changes = new List<int>();
        await client.Registry.RegisterAsync("orders", "a", Bytes("1"));
        using var end = new CancellationTokenSource();
        var observing = ObserveAsync();
        await UntilAsync(() => changes.Count == 1);
        var key = await provider.RangeAsync(new(Bytes("/quorate/service/orders/a")), default);
        await provider.LeaseRevokeAsync(key.KeyValues[0].Lease, default);
        await UntilAsync(() => changes is [1, .., 1] && changes.Count > 1);
        end.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => observing);

        async Task ObserveAsync()
        {
            await foreach (var instances in client.Registry.ObserveAsync("orders", end.Token))
                changes.Add(instances.Count);
        }
    });

    [Fact]
    public Task A_registration_that_was_deleted_is_made_anew_and_one_that_was_replaced_is_not() => WithStore(async (machine, provider) =>
    {
        await using var one = new Quorate.Services.Recipes.Clients.CoordinationClient(machine, provider, Short);
        await using var two = new Quorate.Services.Recipes.Clients.CoordinationClient(machine, provider, Short);
        await using var first = await one.Registry.RegisterAsync("orders", "a", Bytes("1"));
        await provider.TxnAsync(new([], [new Quorate.Services.Coordination.DeleteRangeRequest(Bytes("/quorate/service/orders/a"))], []), default);
        Assert.Empty(await one.Registry.ListAsync("orders"));
        await first.ConfirmAsync();
        Assert.Equal([("a", "1")], Shown(await one.Registry.ListAsync("orders")));
        var token = (await one.Registry.ListAsync("orders"))[0].Token;
        await first.ConfirmAsync();
        Assert.Equal(token, (await one.Registry.ListAsync("orders"))[0].Token);
        var second = await two.Registry.RegisterAsync("orders", "a", Bytes("2"));
        await first.ConfirmAsync();
        Assert.Equal([("a", "2")], Shown(await one.Registry.ListAsync("orders")));
        await second.DisposeAsync();
        await first.ConfirmAsync();
        Assert.Equal([("a", "1")], Shown(await one.Registry.ListAsync("orders")));
    });

    private static (string, string)[] Shown(IReadOnlyList<ServiceInstance> instances) => [.. instances.Select(i => (i.Name, Text(i.Value)))];

    private static (string, long) Said(Leader? leader) => (Text(leader!.Value), leader.Token);
}
