using Quorate.Kernel.Machines;
using Quorate.Services.Recipes.Clients;
using Quorate.Services.Recipes.Providers;
using Shared.Recipes;

namespace Quorate.Tests.Services.Recipes;

/// <summary>The keys of docs/formats.md, as they must stay: applications of several versions share them.</summary>
public sealed class RecipeFormatTests : RecipeConformanceBody
{
    [Fact]
    public Task Keys_are_those_that_are_written_down() => WithStore(async (IMachine machine, ICoordinationProvider provider) =>
    {
        await using var client = new CoordinationClient(machine, provider, Short with { Owner = "me" });
        var held = await client.Locks.AcquireAsync("a/ü");
        var session = $"{(await provider.RangeAsync(new(held.Fence.Key), default)).KeyValues[0].Lease:x16}";
        await client.ReadWriteLocks.AcquireReadAsync("a");
        await client.ReadWriteLocks.AcquireWriteAsync("b");
        await client.Semaphore.AcquireAsync("a", 3);
        await client.Election.CampaignAsync("a", Bytes("I"));
        await client.Barrier.RaiseAsync("a");
        await client.Barrier.EnterAsync("a", 1);
        await client.Queue.EnqueueAsync("a", Bytes("item"));
        await client.Registry.RegisterAsync("a", "i/1", Bytes("here"));
        var taken = await client.Queue.TakeAsync("a");
        var shown = (await client.Store.ListAsync("/quorate/")).KeyValues
            .Select(kv => $"{Text(kv.Key).Replace(session, "S")}={Text(kv.Value).Replace(session, "S")}{(kv.Lease == 0 ? "" : " lease")}");
        Assert.Equal(
            [
                "/quorate/barrier/a/=",
                "/quorate/double-barrier/a/m/S-6= lease",
                "/quorate/double-barrier/a/round=",
                "/quorate/election/a/S-5=I lease",
                "/quorate/lock/a%2F%C3%BC/S-1= lease",
                "/quorate/queue/a/claims/S-7= lease",
                "/quorate/queue/a/items/S-7=item",
                "/quorate/queue/a/senders/S=S-7 lease",
                "/quorate/rw/a/r/S-2= lease",
                "/quorate/rw/b/w/S-3= lease",
                "/quorate/semaphore/a/S-4=3 lease",
                "/quorate/service/a/i%2F1=here lease",
                "/quorate/session/S=me lease",
            ],
            shown);
        Assert.Equal("item", Text(taken.Value));
    });

    protected override IRecipeWorld NewWorld() => new SimulatedRecipeWorld();
}
