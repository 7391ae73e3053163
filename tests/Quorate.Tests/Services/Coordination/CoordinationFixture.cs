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

    public void OnStrand(Action work)
    {
        Machine.Strand.Post(work);
        Machine.Settle();
    }

    public List<WatchMessage> ReadAll(IWatchStream stream)
    {
        Machine.Settle();
        var messages = new List<WatchMessage>();
        while (true)
        {
            using var patience = new CancellationTokenSource();
            var next = stream.ReadAsync(patience.Token).AsTask();
            Machine.Settle();
            if (!next.IsCompleted)
            {
                // A read that was left behind would take the next message.
                patience.Cancel();
                return messages;
            }

            messages.Add(next.Result!);
        }
    }
}
