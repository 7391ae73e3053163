using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;
using Quorate.Server.Etcd.Translation;
using Quorate.Server.Grpc;
using Quorate.Services.Coordination;

namespace Quorate.Server.Etcd.Methods;

/// <summary>
/// The messages of one stream of watches on their way out. Many watches are told the same in a row: what differs only in the number of the watch is
/// encoded once, and what is there at the same time travels together. One caller at a time.
/// </summary>
/// <param name="exchange">The stream's call.</param>
internal sealed class WatchFrames(IMessageExchange exchange) : IDisposable
{
    private const int BufferBytes = 32 << 10;
    private const byte WatchIdTag = (Wire.WatchResponse.WatchIdFieldNumber << 3) | (int)WireFormat.WireType.Varint;

    // Rented while something waits in it: most streams are silent most of the time.
    private byte[] buffer = [];
    private int used;
    private int count;
    private ResponseHeader? header;
    private byte[] headerField = [];
    private IReadOnlyList<WatchEvent>? events;
    private byte[] eventFields = [];

    /// <summary>Writes a message. It may wait for those behind it until <see cref="FlushAsync"/>.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public ValueTask WriteAsync(WatchMessage message, CancellationToken cancellationToken) =>
        exchange.TakesFrames && TryWrite(message) ? ValueTask.CompletedTask : WriteBehindAsync(message, cancellationToken);

    /// <summary>Sends what waits, and waits until there is room for more.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (used > 0)
            await exchange.WriteFramesAsync(buffer.AsMemory(0, used), count, cancellationToken);
        Dispose();
    }

    /// <summary>Forgets what waits.</summary>
    public void Dispose()
    {
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
        (buffer, used, count) = ([], 0, 0);
        (events, eventFields) = (null, []);
    }

    private async ValueTask WriteBehindAsync(WatchMessage message, CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        if (!exchange.TakesFrames || !TryWrite(message))
            await exchange.WriteAsync(EtcdResponses.ToWire(message), cancellationToken);
    }

    private bool TryWrite(WatchMessage message) =>
        message.Kind == WatchMessageKind.Events && !message.Fragment ? TryWriteEvents(message) : TryWriteWhole(EtcdResponses.ToWire(message));

    private bool TryWriteWhole(Wire.WatchResponse response)
    {
        var bytes = response.CalculateSize();
        if (!HasRoom(bytes))
            return false;
        response.WriteTo(Frame(bytes));
        return true;
    }

    private bool TryWriteEvents(WatchMessage message)
    {
        Encode(message);
        // As protobuf has it, a number that is 0 is left out.
        var idBytes = message.WatchId == 0 ? 0 : 1 + CodedOutputStream.ComputeInt64Size(message.WatchId);
        var bytes = headerField.Length + idBytes + eventFields.Length;
        if (!HasRoom(bytes))
            return false;
        var frame = Frame(bytes);
        headerField.CopyTo(frame);
        if (idBytes > 0)
            WriteId(message.WatchId, frame[headerField.Length..]);
        eventFields.CopyTo(frame[(headerField.Length + idBytes)..]);
        return true;
    }

    private void Encode(WatchMessage message)
    {
        if (header != message.Header)
            (header, headerField) = (message.Header, new Wire.WatchResponse { Header = EtcdResponses.ToWire(message.Header) }.ToByteArray());
        if (ReferenceEquals(events, message.Events))
            return;
        var fields = new Wire.WatchResponse();
        fields.Events.AddRange(message.Events.Select(EtcdResponses.ToWire));
        (events, eventFields) = (message.Events, fields.ToByteArray());
    }

    private bool HasRoom(int bytes) => used + GrpcFrame.PrefixBytes + bytes <= BufferBytes;

    private Span<byte> Frame(int bytes)
    {
        if (buffer.Length == 0)
            buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        var frame = buffer.AsSpan(used, GrpcFrame.PrefixBytes + bytes);
        frame[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(frame[1..], bytes);
        used += frame.Length;
        count++;
        return frame[GrpcFrame.PrefixBytes..];
    }

    private static void WriteId(long id, Span<byte> to)
    {
        to[0] = WatchIdTag;
        var at = 1;
        var left = (ulong)id;
        for (; left >= 0x80; left >>= 7)
            to[at++] = (byte)((left & 0x7f) | 0x80);
        to[at] = (byte)left;
    }
}
