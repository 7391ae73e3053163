using Quorate.Kernel.Machines;
using Quorate.Services.Coordination.Commands;
using Quorate.Services.Coordination.Store;
using Quorate.Services.Coordination.Values;
using Quorate.Services.Replication;
using static Quorate.Tests.Services.Coordination.CoordinationFixture;

namespace Quorate.Tests.Services.Coordination.Values;

public sealed class ColdStoreTests
{
    private static readonly ValueStorageOptions Tiny = new() { MemoryBytes = 0, ChunkBytes = ValueStorageOptions.ChunkBytesMin };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_store_with_its_values_on_disk_answers_as_the_naive_model_does(int seed) => OneMachine.Run((ulong)seed, async (machine, _) =>
    {
        var requests = new RandomRequests(seed);
        var model = new ReferenceStore();
        await using var store = await CoordinationStore.OpenAsync(machine, Tiny);
        var replica = new CoordinationStore();
        for (var step = 1; step <= 2_000; step++)
        {
            var command = StoreModelTests.Step(requests, model, out var expected);
            var reply = store.Apply(step, command);
            Assert.Equal(expected, StoreModelTests.Shown(reply));
            Assert.Equal(reply, replica.Apply(step, command));
            if (step % 20 == 0)
                await Task.Delay(TimeSpan.FromMilliseconds(20), machine.Clock);
            if (step % 250 == 0)
                Assert.Equal(store.Hash(), replica.Hash());
        }
    });

    [Fact]
    public void A_state_that_is_replaced_can_be_written_to_the_end_of_its_cut_and_then_gives_its_file_back() => OneMachine.Run(5, async (machine, disk) =>
    {
        await using var store = await CoordinationStore.OpenAsync(machine, Tiny);
        Fill(store, "first", 300);
        await OneMachine.SettleAsync(machine);
        var hash = store.Hash();
        var source = new CoordinationStore();
        Fill(source, "second", 300);
        var bytes = await Snapshots.WriteAsync(source.Cut());
        using (var cut = store.Cut())
        {
            await store.RestoreAsync(Snapshots.SourceOf(bytes), default);
            Assert.Equal(source.Hash(), store.Hash());
            Assert.Equal(hash, (await Snapshots.ReadAsync(await Snapshots.WriteAsync(cut))).Hash());
            Assert.NotNull(disk.ReadAllBytes("values/1"));
        }

        await OneMachine.SettleAsync(machine);
        Assert.Null(disk.ReadAllBytes("values/1"));
        Assert.NotNull(disk.ReadAllBytes("values/2"));
        Assert.Equal(source.Hash(), store.Hash());
    });

    [Fact]
    public void A_snapshot_that_is_refused_leaves_the_state_and_no_file() => OneMachine.Run(6, async (machine, disk) =>
    {
        await using var store = await CoordinationStore.OpenAsync(machine, Tiny);
        Fill(store, "first", 300);
        await OneMachine.SettleAsync(machine);
        var hash = store.Hash();
        var bytes = await Snapshots.WriteAsync(store.Cut());
        await Assert.ThrowsAnyAsync<FormatException>(async () => await store.RestoreAsync(Snapshots.SourceOf(bytes[..^9]), default));
        await OneMachine.SettleAsync(machine);
        Assert.Equal(hash, store.Hash());
        Assert.Null(disk.ReadAllBytes("values/2"));
    });

    [Fact]
    public void What_an_earlier_process_left_is_deleted_and_a_store_that_ends_leaves_nothing() => OneMachine.Run(7, async (machine, disk) =>
    {
        await machine.Disk.CreateDirectoryAsync("values");
        await using (var left = await machine.Disk.OpenAsync("values/17", OpenMode.CreateNew))
            await left.WriteAsync(0, new byte[100]);
        var store = await CoordinationStore.OpenAsync(machine, Tiny);
        Assert.Null(disk.ReadAllBytes("values/17"));
        Fill(store, "k", 300);
        await OneMachine.SettleAsync(machine);
        Assert.NotNull(disk.ReadAllBytes("values/1"));
        await store.DisposeAsync();
        Assert.Null(disk.ReadAllBytes("values/1"));
    });

    [Theory]
    [InlineData(-1, 4096)]
    [InlineData(0, 4095)]
    [InlineData(0, (16 << 20) + 1)]
    public void Options_out_of_bounds_are_refused(long memory, int chunk) => OneMachine.Run(8, async (machine, _) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () =>
            await CoordinationStore.OpenAsync(machine, new ValueStorageOptions { MemoryBytes = memory, ChunkBytes = chunk })));

    private static void Fill(CoordinationStore store, string prefix, int count)
    {
        for (var i = 1; i <= count; i++)
            store.Apply(i, CommandWriter.Put(Put($"{prefix}{i % 40}", new string((char)('a' + (i % 26)), 100))));
    }
}
