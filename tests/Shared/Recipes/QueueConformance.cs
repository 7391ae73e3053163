using Quorate.Services.Coordination;
using Quorate.Services.Recipes;

namespace Shared.Recipes;

public abstract class QueueConformance : RecipeConformanceBody
{
    [Fact]
    public Task Items_are_taken_in_the_order_of_adding() => With(2, async clients =>
    {
        for (var i = 0; i < 5; i++)
            await clients[i % 2].Queue.EnqueueAsync("q", Bytes($"{i}"));
        var taken = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            await using var item = await clients[1].Queue.TakeAsync("q");
            await item.CompleteAsync();
            taken.Add(Text(item.Value));
        }

        Assert.Equal(["0", "1", "2", "3", "4"], taken);
        Assert.Empty((await clients[0].Store.ListAsync("/quorate/queue/q/items/")).KeyValues);
        Assert.Empty((await clients[0].Store.ListAsync("/quorate/queue/q/claims/")).KeyValues);
    });

    [Fact]
    public Task An_item_that_is_taken_is_nobody_elses_until_it_is_given_back() => With(2, async clients =>
    {
        await clients[0].Queue.EnqueueAsync("q", Bytes("a"));
        var mine = await clients[0].Queue.TakeAsync("q");
        var other = clients[1].Queue.TakeAsync("q").AsTask();
        Assert.True(await StaysOpen(other));
        await mine.DisposeAsync();
        var again = await other;
        Assert.Equal("a", Text(again.Value));
        Assert.True(again.Token > mine.Token);
        await Assert.ThrowsAsync<StaleHolderException>(() => mine.CompleteAsync().AsTask());
        await again.CompleteAsync();
        await Assert.ThrowsAsync<StaleHolderException>(() => again.CompleteAsync().AsTask());
    });

    [Fact]
    public Task An_item_comes_back_first_when_its_taker_dies() => With(2, async clients =>
    {
        await clients[1].Queue.EnqueueAsync("q", Bytes("a"));
        await clients[1].Queue.EnqueueAsync("q", Bytes("b"));
        var lost = await clients[0].Queue.TakeAsync("q");
        await clients[0].DisposeAsync();
        Assert.True(lost.Lost.IsCancellationRequested);
        await using var again = await clients[1].Queue.TakeAsync("q");
        Assert.Equal("a", Text(again.Value));
    });

    [Fact]
    public Task Who_waits_for_an_item_gets_it_when_it_comes_in_the_order_of_asking() => With(3, async clients =>
    {
        var one = clients[0].Queue.TakeAsync("q").AsTask();
        await InLine(1);
        var two = clients[1].Queue.TakeAsync("q").AsTask();
        await InLine(2);
        await clients[2].Queue.EnqueueAsync("q", Bytes("a"));
        await clients[2].Queue.EnqueueAsync("q", Bytes("b"));
        Assert.Equal(("a", "b"), (Text((await one).Value), Text((await two).Value)));

        // A key for each who waits: docs/formats.md, "Keys of the recipes".
        async Task InLine(int count)
        {
            while ((await clients[2].Store.ListAsync("/quorate/queue/q/takers/")).KeyValues.Count < count)
                await Task.Delay(TimeSpan.FromMilliseconds(10), Clock);
        }
    });

    [Fact]
    public Task A_watch_tells_every_change_once_from_any_revision_on() => With(2, async clients =>
    {
        var store = clients[0].Store;
        var first = await store.PutAsync("w/a", Bytes("1"));
        await store.PutAsync("x/a", Bytes("other"));
        await store.TxnAsync(new TxnRequest(
            [], [new PutRequest(Bytes("w/a"), Bytes("2")), new PutRequest(Bytes("w/b"), Bytes("2")), new DeleteRangeRequest(Bytes("w/c"))], []));
        Assert.True(await store.DeleteAsync("w/a"));
        Assert.False(await store.DeleteAsync("w/a"));
        var told = new List<string>();
        await foreach (var changes in clients[1].Store.WatchAsync("w/", first))
        {
            told.Add(string.Join(' ', changes.Events.Select(e => $"{(e.IsDelete ? "-" : "+")}{Text(e.KeyValue.Key)}")));
            if (told.Count == 3)
                break;
        }

        Assert.Equal(["+w/a", "+w/a +w/b", "-w/a"], told);
    });

    [Fact]
    public Task A_watch_of_what_was_compacted_ends_and_says_from_where_it_could_go_on() => WithStore(async (machine, provider) =>
    {
        await using var client = new Quorate.Services.Recipes.Clients.CoordinationClient(machine, provider, Short);
        long last = 0;
        for (var i = 0; i < 5; i++)
            last = await client.Store.PutAsync("w", Bytes($"{i}"));
        await World.CompactAsync(last);
        var ended = await Assert.ThrowsAsync<WatchEndedException>(async () =>
        {
            await foreach (var changes in client.Store.WatchAsync("w", 1))
                Assert.Fail($"told of {changes.Revision}");
        });
        Assert.Equal((WatchEndReason.Compacted, last), (ended.Reason, ended.FirstRevision));
    });

    [Fact]
    public Task Reads_and_conditional_writes_see_the_newest_state() => With(2, async clients =>
    {
        var (one, two) = (clients[0].Store, clients[1].Store);
        Assert.Null(await one.GetAsync("k"));
        var made = await one.TryPutAsync("k", 0, Bytes("1"));
        Assert.Null(await two.TryPutAsync("k", 0, Bytes("2")));
        Assert.NotNull(await two.TryPutAsync("k", made!.Value, Bytes("2")));
        var view = await one.ListAsync("k");
        Assert.Equal("2", Text(Assert.Single(view.KeyValues).Value));
        Assert.Equal(view.Revision, view.KeyValues[0].ModRevision);
        Assert.NotEmpty((await one.ListAsync("")).KeyValues);
    });
}
