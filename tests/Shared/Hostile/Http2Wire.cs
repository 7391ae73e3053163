using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Shared.Hostile;

/// <summary>One connection of HTTP/2, frame by frame, right or wrong. It reads along unless it is told not to.</summary>
internal sealed class Http2Wire : IAsyncDisposable
{
    public const byte Data = 0, Headers = 1, Priority = 2, Reset = 3, Settings = 4, PushPromise = 5, Ping = 6, GoAway = 7, WindowUpdate = 8, Continuation = 9;
    public const byte EndStream = 1, Ack = 1, EndHeaders = 4;
    private const int FrameBytes = 9;
    private static readonly byte[] Preface = Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

    private readonly TcpClient client = new() { NoDelay = true };
    private readonly Dictionary<byte, int> seen = [];
    private readonly TaskCompletionSource alive = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task reading = Task.CompletedTask;
    private int? goAway;

    /// <summary>How often a kind of frame came.</summary>
    public int Seen(byte type) => seen.GetValueOrDefault(type);

    /// <summary>The code of the last GOAWAY; null when none came.</summary>
    public int? GoneAway => goAway;

    /// <summary>The code of the last RST_STREAM; null when none came.</summary>
    public int? LastReset { get; private set; }

    public static async Task<Http2Wire> ConnectAsync(int port, bool reads = true)
    {
        var wire = new Http2Wire();
        await wire.client.ConnectAsync("127.0.0.1", port);
        await wire.SendAsync([.. Preface, .. Frame(Settings, 0, 0, [])]);
        if (reads)
            wire.Read();
        return wire;
    }

    public static byte[] Frame(byte type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[FrameBytes + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        (frame[3], frame[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame.AsSpan(FrameBytes));
        return frame;
    }

    /// <summary>A header of HPACK that is written out: RFC 7541, section 6.2.2; with an index it is 6.2.1, which the other end must keep.</summary>
    public static byte[] Header(string name, string value, bool isKept = false) =>
        [isKept ? (byte)0x40 : (byte)0, .. Text(name), .. Text(value)];

    /// <summary>The headers of a call.</summary>
    public static byte[] CallHeaders(string path) =>
    [
        .. Header(":method", "POST"), .. Header(":scheme", "http"), .. Header(":path", path), .. Header(":authority", "a"),
        .. Header("content-type", "application/grpc"), .. Header("te", "trailers"),
    ];

    /// <summary>Begins a call.</summary>
    public static byte[] Call(int stream, string path) => Frame(Headers, EndHeaders, stream, CallHeaders(path));

    /// <summary>A whole call with its message.</summary>
    public static byte[] Call(int stream, string path, byte[] message) =>
        [.. Call(stream, path), .. Frame(Data, EndStream, stream, Message(message))];

    /// <summary>A message with its prefix.</summary>
    public static byte[] Message(byte[] message)
    {
        var framed = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), message.Length);
        message.CopyTo(framed, 5);
        return framed;
    }

    public static byte[] Number(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    /// <summary>Whether an exception says that the connection is over.</summary>
    public static bool IsEnd(Exception e) => e is IOException or SocketException or ObjectDisposedException or InvalidOperationException;

    /// <summary>Begins to read, where it did not before.</summary>
    public void Read() => reading = ReadAllAsync();

    public ValueTask SendAsync(byte[] bytes) => client.GetStream().WriteAsync(bytes);

    /// <summary>How the connection stands: <c>ended</c>, with the code of GOAWAY where one came, <c>alive</c>, or <c>silent</c>, which nobody wants.</summary>
    public async Task<string> StateAsync(TimeSpan patience)
    {
        try
        {
            await SendAsync(Frame(Ping, 0, 0, "liveness"u8)).AsTask().WaitAsync(patience);
        }
        catch (Exception e) when (IsEnd(e))
        {
            // Ended: what came before is read to its end.
        }
        catch (TimeoutException)
        {
            return "silent";
        }

        var first = await Task.WhenAny(alive.Task, reading, Task.Delay(patience));
        if (first == reading)
            return goAway is null ? "ended" : $"ended with {goAway}";
        return first == alive.Task ? "alive" : "silent";
    }

    public async ValueTask DisposeAsync()
    {
        client.Client.LingerState = new LingerOption(true, 0);
        client.Dispose();
        await reading;
    }

    private static byte[] Text(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        // A length of 7 bits, or 127 and the rest in pieces of 7 bits: RFC 7541, section 5.1.
        if (bytes.Length < 127)
            return [(byte)bytes.Length, .. bytes];
        var length = new List<byte> { 127 };
        var rest = bytes.Length - 127;
        for (; rest > 127; rest >>= 7)
            length.Add((byte)((rest & 127) | 128));
        return [.. length, (byte)rest, .. bytes];
    }

    private async Task ReadAllAsync()
    {
        var head = new byte[FrameBytes];
        var payload = new byte[512];
        try
        {
            while (await client.GetStream().ReadAtLeastAsync(head, FrameBytes, throwOnEndOfStream: false) == FrameBytes)
            {
                var length = BinaryPrimitives.ReadInt32BigEndian(head) >>> 8;
                if (length > payload.Length)
                    payload = new byte[length];
                await client.GetStream().ReadExactlyAsync(payload.AsMemory(0, length));
                await TakeAsync(head[3], head[4], payload.AsMemory(0, length));
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
            // The connection ended, by either side.
        }
    }

    private async Task TakeAsync(byte type, byte flags, ReadOnlyMemory<byte> payload)
    {
        seen[type] = Seen(type) + 1;
        if (type == Settings && (flags & Ack) == 0)
            await SendAsync(Frame(Settings, Ack, 0, []));
        if (type == Ping && (flags & Ack) != 0 && payload.Span.SequenceEqual("liveness"u8))
            alive.TrySetResult();
        if (type == Reset)
            LastReset = BinaryPrimitives.ReadInt32BigEndian(payload.Span);
        if (type == GoAway)
            goAway = BinaryPrimitives.ReadInt32BigEndian(payload.Span[4..]);
    }
}
