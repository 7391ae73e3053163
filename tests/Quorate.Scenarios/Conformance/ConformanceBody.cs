using System.Buffers;
using System.IO.Pipelines;
using Quorate.Kernel.Machines;
using Quorate.Kernel.Strands;

namespace Quorate.Scenarios.Conformance;

/// <summary>What the conformance tests share: a world for each test, and small verbs over pipes.</summary>
public abstract class ConformanceBody
{
    protected abstract IConformanceWorld NewWorld();

    protected async Task In(Func<IConformanceWorld, Task> body)
    {
        await using var world = NewWorld();
        await world.RunAsync(() => body(world));
    }

    /// <summary>The strand that the body runs on.</summary>
    protected static Strand Here => Assert.IsAssignableFrom<Strand>(SynchronizationContext.Current);

    /// <summary>A connection from machine a to machine b, both ends.</summary>
    protected static async Task<(IConnection Client, IConnection Server)> ConnectAsync(IConformanceWorld world)
    {
        await using var listener = await world.Machine("b").Network.ListenAsync(world.Address("b"));
        var accept = listener.AcceptAsync();
        var client = await world.Machine("a").Network.ConnectAsync(listener.Local);
        return (client, await accept);
    }

    /// <summary>Reads exactly this many bytes; fewer only where the stream ends before.</summary>
    protected static async Task<byte[]> ReadAsync(IConnection connection, int count)
    {
        while (true)
        {
            var read = await connection.Input.ReadAsync();
            if (read.Buffer.Length >= count || read.IsCompleted)
            {
                var taken = read.Buffer.Slice(0, Math.Min(count, read.Buffer.Length));
                var bytes = taken.ToArray();
                connection.Input.AdvanceTo(taken.End);
                return bytes;
            }

            connection.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>Reads and drops until the stream ends or breaks.</summary>
    protected static async Task<long> DrainAsync(PipeReader reader)
    {
        long total = 0;
        while (true)
        {
            var read = await reader.ReadAsync();
            total += read.Buffer.Length;
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return total;
        }
    }

    protected static byte[] Pattern(int count, int seed)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
