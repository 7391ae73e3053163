using System.Text;
using Quorate.Services.Coordination;
using Quorate.Services.Coordination.Serving;
using Quorate.Services.Coordination.Store;

namespace Quorate.Tests.Services.Coordination;

/// <summary>A coordination service over a group of one.</summary>
internal sealed class CoordinationFixture
{
    public CoordinationFixture(CoordinationOptions? options = null, int seed = 1)
    {
        Machine = new ManualMachine(seed);
        Group = new LoopbackGroup(Store);
        Service = new CoordinationService(Machine, Machine.Strand, Group, Store, options ?? new CoordinationOptions { ClusterId = 7 });
        Machine.Settle();
    }

    public ManualMachine Machine { get; }

    public CoordinationStore Store { get; } = new();

    public LoopbackGroup Group { get; }

    public CoordinationService Service { get; }

    public static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    public static PutRequest Put(string key, string value, long lease = 0) => new(Bytes(key), Bytes(value), lease);

    public static DeleteRangeRequest Delete(string key, string end = "") => new(Bytes(key), Bytes(end));

    public static RangeRequest Get(string key, string end = "") => new(Bytes(key), Bytes(end));

    public T Do<T>(Func<CoordinationService, ValueTask<T>> call)
    {
        T outcome = default!;
        Machine.Run(async () => outcome = await call(Service));
        return outcome;
    }

    public CoordinationError ErrorOf<T>(Func<CoordinationService, ValueTask<T>> call) =>
        Assert.Throws<CoordinationException>(() => { Do(call); }).Error;

    /// <summary>Applies a command as a replica does: on the strand, ahead of all that waits for its turn there.</summary>
    public void Apply(long index, ReadOnlyMemory<byte> command) => Machine.RunNow(() => Store.Apply(index, command));

    public void OnStrand(Action work)
    {
        Machine.Strand.Post(work);
        Machine.Settle();
    }

    public List<WatchMessage> ReadAll(IWatchStream stream)
    {
        var messages = new List<WatchMessage>();
        while (TryRead(stream) is { } message)
            messages.Add(message);
        return messages;
    }

    /// <summary>
    /// The next message once everything that is posted has run, or null when there is none. It is read on the strand: a read that waits
    /// would go on on another thread otherwise, and whether it was done in time would be luck. A read that finds nothing is given up.
    /// </summary>
    public WatchMessage? TryRead(IWatchStream stream)
    {
        using var patience = new CancellationTokenSource();
        Task<WatchMessage?> read = null!;
        Machine.Settle();
        OnStrand(() => read = stream.ReadAsync(patience.Token).AsTask());
        if (!read.IsCompleted)
            OnStrand(patience.Cancel);
        Assert.True(read.IsCompleted);
        return read.IsCanceled ? null : read.GetAwaiter().GetResult();
    }
}
