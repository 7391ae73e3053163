using Quorate.Kernel.Machines;
using Quorate.Storage.Snapshots;

namespace Quorate.Tests.Storage.Snapshots;

/// <summary>A snapshot store's life over many crashes, and what must be true after each.</summary>
internal sealed class SnapshotWorkload(Random random)
{
    private const string Directory = "snap/g1";
    private readonly Dictionary<long, byte[]> contents = [];
    private SnapshotStore store = null!;
    private long next = 1;

    /// <summary>The newest snapshot whose commit completed, or that an open has shown.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Opens the store and checks that its newest snapshot is whole, and no older than the newest acknowledged one.</summary>
    public async Task OpenAsync(IDisk disk)
    {
        store = await SnapshotStore.OpenAsync(disk, Directory);
        var latest = store.Latest;
        Assert.True((latest?.Sequence ?? 0) >= Acknowledged, $"snapshot {Acknowledged} was acknowledged, {latest?.Sequence} is the newest");
        if (latest is null)
            return;
        Assert.Equal(BitConverter.GetBytes(latest.Sequence), latest.Metadata.ToArray());
        await using var reader = await store.OpenReaderAsync(latest);
        var content = new byte[reader.Length];
        Assert.Equal(content.Length, await reader.ReadAsync(0, content));
        Assert.True(contents[latest.Sequence].AsSpan().SequenceEqual(content), $"snapshot {latest.Sequence} is not what was written");
        Acknowledged = latest.Sequence;
    }

    /// <summary>Writes one snapshot; most of the time it is committed, and now and then older ones are deleted.</summary>
    public async Task RunAsync()
    {
        var sequence = next++;
        var content = contents[sequence] = new byte[random.Next(random.Next(4) == 0 ? 200_000 : 2_000)];
        random.NextBytes(content);
        await using (var writer = await store.CreateAsync(sequence, BitConverter.GetBytes(sequence)))
        {
            await writer.WriteAsync(content);
            if (random.Next(8) == 0)
                return;
            await writer.CommitAsync();
        }

        Acknowledged = sequence;
        if (random.Next(2) == 0)
            await store.DeleteBeforeAsync(sequence);
    }
}
