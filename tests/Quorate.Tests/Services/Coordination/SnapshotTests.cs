using Quorate.Kernel.Encoding;
using Quorate.Services.Coordination;
using Quorate.Services.Coordination.Commands;
using Quorate.Services.Coordination.Store;
using static Quorate.Tests.Services.Coordination.CoordinationFixture;

namespace Quorate.Tests.Services.Coordination;

public sealed class SnapshotTests
{
    [Fact]
    public async Task A_cut_stays_as_it_was_while_commands_and_compactions_go_on()
    {
        var store = Filled(out var index);
        var hash = store.Hash();
        byte[] bytes;
        using (var cut = store.Cut())
        {
            var random = new Random(4);
            bytes = await Snapshots.WriteAsync(cut, () =>
            {
                for (var i = 0; i < 300; i++)
                    store.Apply(++index, CommandWriter.Put(Put($"k{random.Next(3_000)}", "later")));
                store.Apply(++index, CommandWriter.DeleteRange(Delete("k1", "k2")));
                store.Apply(++index, CommandWriter.Compact(store.Revision - 5));
            });
        }

        var restored = await Snapshots.ReadAsync(bytes);
        Assert.Equal(hash, restored.Hash());
        Assert.NotEqual(hash, store.Hash());
        Assert.Equal(store.Hash(), (await Snapshots.CopyAsync(store)).Hash());
    }

    [Fact]
    public async Task A_changed_or_shortened_snapshot_is_refused()
    {
        var store = Filled(out _);
        using var cut = store.Cut();
        var bytes = await Snapshots.WriteAsync(cut);
        var random = new Random(9);
        for (var round = 0; round < 200; round++)
        {
            var changed = random.Next(2) == 0 ? bytes[..random.Next(bytes.Length)] : (byte[])bytes.Clone();
            if (changed.Length == bytes.Length)
                changed[random.Next(changed.Length)] ^= (byte)random.Next(1, 256);
            await Assert.ThrowsAsync<MalformedInputException>(() => Snapshots.ReadAsync(changed));
        }
    }

    [Fact]
    public void Compaction_frees_what_only_older_reads_saw()
    {
        var store = new CoordinationStore();
        for (var i = 1; i <= 10_000; i++)
            store.Apply(i, CommandWriter.Put(Put("hot", new string('x', 100))));
        var full = store.Bytes;
        store.Apply(10_001, CommandWriter.Compact(store.Revision));
        while (store.CanTrim)
            store.Trim(1_000);
        Assert.True(store.Bytes < full / 1_000, $"{store.Bytes} bytes are left of {full}");
        Assert.Equal(1, store.State.Keys.Find("hot"u8)!.Count);
    }

    private static CoordinationStore Filled(out long index)
    {
        var store = new CoordinationStore();
        index = 0;
        var random = new Random(3);
        for (var lease = 1; lease < 50; lease++)
            store.Apply(++index, CommandWriter.LeaseGrant(lease, 60));
        for (var i = 0; i < 6_000; i++)
            store.Apply(++index, CommandWriter.Put(Put($"k{random.Next(3_000)}", new string('v', random.Next(60)), random.Next(2) * random.Next(1, 50))));
        store.Apply(++index, CommandWriter.DeleteRange(Delete("k5", "k6")));
        store.Apply(++index, CommandWriter.Compact(2_000));
        store.Apply(++index, CommandWriter.Alarm(true, new Alarm(3, AlarmKind.None)));
        return store;
    }
}
