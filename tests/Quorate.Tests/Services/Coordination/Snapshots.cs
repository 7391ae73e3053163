using Quorate.Services.Coordination.Store;
using Quorate.Services.Replication;

namespace Quorate.Tests.Services.Coordination;

/// <summary>Writes a store into memory and reads it back.</summary>
internal static class Snapshots
{
    public static async Task<CoordinationStore> CopyAsync(CoordinationStore store)
    {
        using var cut = store.Cut();
        return await ReadAsync(await WriteAsync(cut));
    }

    public static async Task<byte[]> WriteAsync(IStateCut cut, Action? betweenBlocks = null)
    {
        var sink = new Sink(betweenBlocks);
        await cut.WriteAsync(sink, TestContext.Current.CancellationToken);
        return sink.Bytes.ToArray();
    }

    public static async Task<CoordinationStore> ReadAsync(byte[] bytes)
    {
        var store = new CoordinationStore();
        await store.RestoreAsync(new Source(bytes), TestContext.Current.CancellationToken);
        return store;
    }

    public static IStateSource SourceOf(byte[] bytes) => new Source(bytes);

    private sealed class Sink(Action? betweenBlocks) : IStateSink
    {
        public MemoryStream Bytes { get; } = new();

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            Bytes.Write(bytes.Span);
            betweenBlocks?.Invoke();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Source(byte[] bytes) : IStateSource
    {
        private int position;

        public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            var count = Math.Min(buffer.Length, bytes.Length - position);
            bytes.AsMemory(position, count).CopyTo(buffer);
            position += count;
            return ValueTask.FromResult(count);
        }
    }
}
