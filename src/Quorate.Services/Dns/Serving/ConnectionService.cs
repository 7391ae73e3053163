using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Quorate.Kernel.Machines;

namespace Quorate.Services.Dns.Serving;

/// <summary>
/// Answers queries over connections: each with two bytes of length before it, as many as the client likes, also sent before the answers to the
/// ones before have come. Answers keep the order of the queries. On the strand.
/// </summary>
/// <remarks>Source: RFC 1035, section 4.2.2; RFC 7766.</remarks>
internal sealed class ConnectionService(IMachine machine, IListener listener, QueryResponder responder, DnsServerOptions options)
{
    /// <summary>The most bytes of a query; a question with all of its extensions takes some hundreds.</summary>
    public const int QueryBytesMax = 4096;

    private const int LengthBytes = sizeof(ushort);

    // What waits for a client that does not read is one answer more than this.
    private const int UnsentBytesMax = 64 << 10;
    private static readonly TimeSpan AfterError = TimeSpan.FromMilliseconds(100);
    private readonly List<Client> clients = [];
    private readonly CancellationTokenSource stopping = new();

    /// <summary>Begins to accept.</summary>
    public void Begin()
    {
        _ = AcceptAsync();
        _ = CloseIdleAsync();
    }

    /// <summary>Stops accepting and ends the connections.</summary>
    public async Task StopAsync()
    {
        stopping.Cancel();
        await listener.DisposeAsync();
        foreach (var client in clients.ToArray())
            client.Connection.Abort();
    }

    private async Task AcceptAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                Take(await listener.AcceptAsync());
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (IOException e)
            {
                machine.Telemetry.Record(Severity.Warning, "dns", $"no connection could be accepted: {e.Message}");
                await Task.Delay(AfterError, machine.Clock);
            }
        }
    }

    private void Take(IConnection connection)
    {
        if (clients.Count >= options.ConnectionsMax || stopping.IsCancellationRequested)
        {
            connection.Abort();
            return;
        }

        var client = new Client(connection) { ActiveAt = machine.Clock.GetTimestamp() };
        clients.Add(client);
        _ = ServeAsync(client);
    }

    /// <summary>A client that neither asks nor takes its answers is cut off, so that others find a place.</summary>
    private async Task CloseIdleAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(options.IdleMax / 4, machine.Clock, stopping.Token);
                foreach (var client in clients.ToArray())
                    if (machine.Clock.GetElapsedTime(client.ActiveAt) > options.IdleMax)
                        client.Connection.Abort();
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private async Task ServeAsync(Client client)
    {
        try
        {
            await AnswerAllAsync(client);
            await client.Connection.DisposeAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            client.Connection.Abort();
        }
        finally
        {
            clients.Remove(client);
        }
    }

    private async Task AnswerAllAsync(Client client)
    {
        var (input, output) = (client.Connection.Input, client.Connection.Output);
        while (!stopping.IsCancellationRequested)
        {
            var read = await input.ReadAsync();
            if (!TryAnswer(read.Buffer, output, out var consumed, out var isAll, out var unsent))
                return;
            input.AdvanceTo(consumed, isAll ? read.Buffer.End : consumed);
            if (unsent > 0)
            {
                client.ActiveAt = machine.Clock.GetTimestamp();
                if ((await output.FlushAsync()).IsCompleted)
                    return;
                client.ActiveAt = machine.Clock.GetTimestamp();
            }

            if (read.IsCompleted && isAll)
                return;
        }
    }

    /// <summary>Answers the whole queries of a buffer, until enough waits to be sent.</summary>
    /// <returns>False where the client is to be cut off: what it sends is no query.</returns>
    private bool TryAnswer(
        ReadOnlySequence<byte> buffer, PipeWriter output, out SequencePosition consumed, out bool isAll, out int unsent)
    {
        var reader = new SequenceReader<byte>(buffer);
        (consumed, isAll, unsent) = (reader.Position, true, 0);
        while (reader.TryReadBigEndian(out short size))
        {
            if (unsent >= UnsentBytesMax)
            {
                isAll = false;
                return true;
            }

            int length = (ushort)size;
            if (length > QueryBytesMax)
                return false;
            if (reader.Remaining < length)
                return true;
            var query = reader.UnreadSequence.Slice(0, length);
            var response = responder.Respond(query.IsSingleSegment ? query.FirstSpan : query.ToArray(), isDatagram: false);
            if (response.Length == 0)
                return false;
            BinaryPrimitives.WriteUInt16BigEndian(output.GetSpan(LengthBytes), (ushort)response.Length);
            output.Advance(LengthBytes);
            output.Write(response.Span);
            reader.Advance(length);
            (consumed, unsent) = (reader.Position, unsent + LengthBytes + response.Length);
        }

        return true;
    }

    private sealed class Client(IConnection connection)
    {
        public IConnection Connection => connection;

        public long ActiveAt { get; set; }
    }
}
