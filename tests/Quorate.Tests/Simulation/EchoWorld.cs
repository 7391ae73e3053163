using System.Buffers;
using System.IO.Pipelines;
using Quorate.Kernel.Machines;
using Quorate.Simulation;
using Quorate.Simulation.Machines;

namespace Quorate.Tests.Simulation;

/// <summary>A server that echoes what it reads, and ways to talk to it, for tests of the network.</summary>
internal static class EchoWorld
{
    public static async Task ServeAsync(IMachine machine, CancellationToken ct)
    {
        var strand = machine.CreateStrand("serve");
        await using var listener = await machine.Network.ListenAsync(new NetworkAddress(machine.Name, 7000), ct);
        while (true)
        {
            var connection = await listener.AcceptAsync(ct);
            strand.Post(async void () =>
            {
                try
                {
                    await EchoAsync(connection);
                }
                catch (IOException)
                {
                    // Reset: the client hears of it.
                }
            });
        }
    }

    public static async Task<byte[]> ReadExactlyAsync(PipeReader reader, int count)
    {
        var result = await reader.ReadAtLeastAsync(count);
        if (result.Buffer.Length < count)
            throw new EndOfStreamException($"{result.Buffer.Length} of {count} bytes, then the end.");
        var bytes = result.Buffer.Slice(0, count).ToArray();
        reader.AdvanceTo(result.Buffer.GetPosition(count));
        return bytes;
    }

    public static async Task<byte[]> AskAsync(IConnection connection, byte[] question)
    {
        await connection.Output.WriteAsync(question);
        return await ReadExactlyAsync(connection.Input, question.Length);
    }

    private static async Task EchoAsync(IConnection connection)
    {
        await using var _ = connection;
        while (true)
        {
            var read = await connection.Input.ReadAsync();
            foreach (var part in read.Buffer)
                await connection.Output.WriteAsync(part);
            connection.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return;
        }
    }
}
