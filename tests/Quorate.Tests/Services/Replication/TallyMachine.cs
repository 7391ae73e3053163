using System.Text;
using Quorate.Kernel.Encoding;
using Quorate.Services.Replication;

namespace Quorate.Tests.Services.Replication;

/// <summary>Counts how often each command was applied: anything above one breaks the promise of the host.</summary>
internal sealed class TallyMachine : IStateMachine
{
    public SortedDictionary<string, int> Counts { get; private set; } = new(StringComparer.Ordinal);

    public List<string> Order { get; private set; } = [];

    /// <summary>The levels that it was told of, in order.</summary>
    public List<int> Levels { get; } = [];

    public void LevelChanged(int level) => Levels.Add(level);

    public byte[] Apply(long index, ReadOnlyMemory<byte> command)
    {
        var name = Encoding.UTF8.GetString(command.Span.TrimEnd((byte)0));
        Counts[name] = Counts.GetValueOrDefault(name) + 1;
        Order.Add(name);
        return Encoding.UTF8.GetBytes($"{name}={Counts[name]}");
    }

    public IStateCut Cut()
    {
        var writer = new ByteWriter();
        writer.WriteVarUInt((ulong)Order.Count);
        foreach (var name in Order)
            writer.WriteString(name);
        return new TallyCut(writer.ToArray());
    }

    public async ValueTask RestoreAsync(IStateSource source, CancellationToken cancellationToken)
    {
        using var all = new MemoryStream();
        var buffer = new byte[1000];
        for (var count = buffer.Length; count == buffer.Length;)
        {
            count = await source.ReadAsync(buffer, cancellationToken);
            all.Write(buffer, 0, count);
        }

        Take(all.ToArray());
    }

    private void Take(byte[] bytes)
    {
        var reader = new ByteReader(bytes);
        (Counts, Order) = (new(StringComparer.Ordinal), []);
        for (var left = reader.ReadCount(); left > 0; left--)
        {
            Order.Add(reader.ReadString());
            Counts[Order[^1]] = Counts.GetValueOrDefault(Order[^1]) + 1;
        }

        reader.ExpectEnd();
    }

    private sealed class TallyCut(byte[] bytes) : IStateCut
    {
        public async ValueTask WriteAsync(IStateSink sink, CancellationToken cancellationToken)
        {
            for (var at = 0; at < bytes.Length; at += 700)
                await sink.WriteAsync(bytes.AsMemory(at, Math.Min(700, bytes.Length - at)), cancellationToken);
        }

        public void Dispose()
        {
        }
    }
}
