using Quorate.Kernel.Machines;
using Quorate.Services.Coordination;
using Quorate.Services.Recipes;
using Quorate.Services.Recipes.Clients;
using Quorate.Services.Recipes.Providers;
using Shared.Recipes;

namespace Quorate.Tests.Services.Recipes;

/// <summary>What a holder may believe when the store is silent, or answers late.</summary>
public sealed class SessionTests : RecipeConformanceBody
{
    [Fact]
    public Task A_holder_that_hears_nothing_is_told_before_its_lease_can_end() => WithStore(async (machine, provider) =>
    {
        var cut = new CuttableProvider(provider);
        var client = new CoordinationClient(machine, cut, Short);
        var held = await client.Locks.AcquireAsync("a");
        cut.IsCut = true;
        var start = machine.Clock.GetTimestamp();
        var lost = new TaskCompletionSource();
        using var registration = held.Lost.Register(lost.SetResult);
        await lost.Task;
        var believed = machine.Clock.GetElapsedTime(start);
        Assert.InRange(believed, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.8));
        Assert.False(held.IsHeld);
        Assert.Single((await provider.RangeAsync(new(held.Fence.Key), default)).KeyValues);
    });

    [Fact]
    public Task A_write_that_was_given_up_does_not_come_back_when_it_is_late() => WithStore(async (machine, provider) =>
    {
        var late = new LateProvider(provider, machine);
        var client = new CoordinationClient(machine, late, Short with { CallTimeout = TimeSpan.FromMilliseconds(200) });
        await (await client.Locks.AcquireAsync("other")).DisposeAsync();
        late.Delay = TimeSpan.FromSeconds(3);
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(100), machine.Clock);
        var given = client.Locks.AcquireAsync("a", patience.Token).AsTask();
        await Task.Delay(TimeSpan.FromMilliseconds(50), machine.Clock);
        late.Delay = TimeSpan.Zero;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        await Task.Delay(TimeSpan.FromSeconds(4), machine.Clock);
        Assert.True(late.Delivered > 0);
        Assert.Empty((await client.Store.ListAsync("/quorate/lock/a/")).KeyValues);
        await using var free = await client.Locks.TryAcquireAsync("a");
        Assert.NotNull(free);
    });

    protected override IRecipeWorld NewWorld() => new SimulatedRecipeWorld();

    private abstract class Provider(ICoordinationProvider store) : ICoordinationProvider
    {
        public ValueTask<RangeResponse> RangeAsync(RangeRequest request, CancellationToken cancellationToken) =>
            Through(() => store.RangeAsync(request, default));

        public ValueTask<TxnResponse> TxnAsync(TxnRequest request, CancellationToken cancellationToken) =>
            Through(() => store.TxnAsync(request, default));

        public ValueTask<LeaseGrantResponse> LeaseGrantAsync(long ttlSeconds, CancellationToken cancellationToken) =>
            Through(() => store.LeaseGrantAsync(ttlSeconds, default));

        public ValueTask<LeaseKeepAliveResponse> LeaseKeepAliveAsync(long id, CancellationToken cancellationToken) =>
            Through(() => store.LeaseKeepAliveAsync(id, default));

        public ValueTask<ResponseHeader> LeaseRevokeAsync(long id, CancellationToken cancellationToken) =>
            Through(() => store.LeaseRevokeAsync(id, default));

        public IWatchStream OpenWatchStream() => store.OpenWatchStream();

        protected abstract ValueTask<T> Through<T>(Func<ValueTask<T>> call);
    }

    private sealed class CuttableProvider(ICoordinationProvider store) : Provider(store)
    {
        public bool IsCut { get; set; }

        protected override ValueTask<T> Through<T>(Func<ValueTask<T>> call) => IsCut ? new(new TaskCompletionSource<T>().Task) : call();
    }

    private sealed class LateProvider(ICoordinationProvider store, IMachine machine) : Provider(store)
    {
        public TimeSpan Delay { get; set; }

        public int Delivered { get; private set; }

        protected override async ValueTask<T> Through<T>(Func<ValueTask<T>> call)
        {
            if (Delay > TimeSpan.Zero)
            {
                await Task.Delay(Delay, machine.Clock);
                Delivered++;
            }

            return await call();
        }
    }
}
