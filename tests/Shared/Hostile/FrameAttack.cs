namespace Shared.Hostile;

/// <summary>What a hostile client does with frames of HTTP/2, and how its connection may stand then.</summary>
/// <param name="Name">The name.</param>
/// <param name="Allowed">How it may stand: words of <see cref="Http2Wire.StateAsync"/>.</param>
/// <param name="RunAsync">Does it; the number says how much of it.</param>
/// <param name="Reads">Whether the client reads what it is answered meanwhile.</param>
internal sealed record FrameAttack(string Name, string[] Allowed, Func<Http2Wire, Random, int, Task> RunAsync, bool Reads = true)
{
    private const string Put = "/etcdserverpb.KV/Put";
    private const string Range = "/etcdserverpb.KV/Range";
    private const string Watch = "/etcdserverpb.Watch/Watch";

    // PROTOCOL_ERROR, FLOW_CONTROL_ERROR, STREAM_CLOSED, FRAME_SIZE_ERROR, COMPRESSION_ERROR, ENHANCE_YOUR_CALM: RFC 9113, section 7.
    private const string Protocol = "ended with 1", Flow = "ended with 3", Closed = "ended with 5", Size = "ended with 6",
        Compression = "ended with 9", Calm = "ended with 11";

    /// <summary>How it ends where the other end was cut off before it read why.</summary>
    private const string Cut = "ended";

    private const string Alive = "alive";

    public static IReadOnlyList<FrameAttack> All { get; } =
    [
        new("frames of any kind", [Alive, Protocol, Flow, Closed, Size, Compression, Calm, Cut], AnythingAsync),
        new("frames of any length", [Size, Cut], static async (wire, random, _) =>
            await wire.SendAsync([(byte)random.Next(1, 256), 0, 0, (byte)random.Next(10), 0, 0, 0, 0, 1])),
        new("settings that flood", [Alive, Calm, Cut], static (wire, _, much) =>
            RepeatAsync(wire, much, Http2Wire.Frame(Http2Wire.Settings, 0, 0, [0, 3, 0, 0, 0, 100])), Reads: false),
        new("pings that flood", [Alive, Calm, Cut], static (wire, _, much) =>
            RepeatAsync(wire, much, Http2Wire.Frame(Http2Wire.Ping, 0, 0, "12345678"u8)), Reads: false),
        new("priorities that flood", [Alive, Calm, Cut], static (wire, _, much) =>
            RepeatAsync(wire, much, Http2Wire.Frame(Http2Wire.Priority, 0, 1, [0, 0, 0, 0, 1]))),
        new("calls that are reset at once (CVE-2023-44487)", [Alive, Calm, Cut], static (wire, _, much) => StreamsAsync(wire, much, static stream =>
            [.. Http2Wire.Call(stream, Put), .. Http2Wire.Frame(Http2Wire.Reset, 0, stream, Http2Wire.Number(8))])),
        new("calls that make the server reset them", [Alive, Protocol, Closed, Calm, Cut], static (wire, _, much) => StreamsAsync(wire, much, static stream =>
            [.. Http2Wire.Call(stream, Watch), .. Http2Wire.Frame(Http2Wire.WindowUpdate, 0, stream, Http2Wire.Number(0))])),
        new("headers that never end (CVE-2024-27316)", [Protocol, Compression, Calm, Size, Cut], ContinuedAsync),
        new("headers that unpack to much", [Alive, Protocol, Compression, Calm, Cut], UnpackedAsync),
        new("a table of headers that grows", [Alive, Compression, Protocol, Cut], static (wire, _, much) => StreamsAsync(wire, much / 100, static stream =>
            Http2Wire.Frame(Http2Wire.Headers, Http2Wire.EndHeaders | Http2Wire.EndStream, stream,
                [.. Http2Wire.CallHeaders(Put), .. Http2Wire.Header($"n{stream}", new string('v', 4000), isKept: true)]))),
        new("headers that are no HPACK", [Compression, Cut], static async (wire, random, _) =>
            await wire.SendAsync(Http2Wire.Frame(Http2Wire.Headers, Http2Wire.EndHeaders, 1, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, (byte)random.Next(256)]))),
        new("a window beyond its bound", [Flow, Cut], static async (wire, _, _) =>
        {
            await wire.SendAsync(Http2Wire.Frame(Http2Wire.WindowUpdate, 0, 0, Http2Wire.Number(int.MaxValue)));
            await wire.SendAsync(Http2Wire.Frame(Http2Wire.WindowUpdate, 0, 0, Http2Wire.Number(int.MaxValue)));
        }),
        new("a first window beyond its bound", [Flow, Cut], static async (wire, _, _) =>
            await wire.SendAsync(Http2Wire.Frame(Http2Wire.Settings, 0, 0, [0, 4, 0xFF, 0xFF, 0xFF, 0xFF]))),
        new("answers for which there is no window", [Alive], static async (wire, _, much) =>
        {
            await wire.SendAsync(Http2Wire.Frame(Http2Wire.Settings, 0, 0, [0, 4, 0, 0, 0, 0]));
            await StreamsAsync(wire, much / 50, static stream => Http2Wire.Call(stream, Range, [0x0A, 1, (byte)'a']));
        }),
        new("more data than there is window for", [Alive, Flow, Closed, Cut], static async (wire, _, _) =>
        {
            await wire.SendAsync(Http2Wire.Call(1, "/v3lockpb.Lock/Lock"));
            await RepeatAsync(wire, 300, Http2Wire.Frame(Http2Wire.Data, 0, 1, new byte[16 << 10]));
        }),
        new("data that is empty", [Alive, Protocol, Closed, Calm, Cut], static async (wire, _, much) =>
        {
            await wire.SendAsync(Http2Wire.Call(1, Watch));
            await RepeatAsync(wire, much, Http2Wire.Frame(Http2Wire.Data, 0, 1, []));
        }),
        new("data on streams that are not there", [Protocol, Closed, Cut], static async (wire, random, _) =>
            await wire.SendAsync(Http2Wire.Frame(Http2Wire.Data, 0, random.Next(1, 1000), [1]))),
        new("streams with even numbers", [Protocol, Cut], static async (wire, random, _) =>
            await wire.SendAsync(Http2Wire.Call(2 * random.Next(1, 1000), Put))),
        new("streams that go back", [Protocol, Closed, Cut], static async (wire, _, _) =>
        {
            await wire.SendAsync(Http2Wire.Call(9, Put, []));
            await wire.SendAsync(Http2Wire.Call(3, Put, []));
        }),
        new("headers without a method", [Alive, Protocol, Cut], static async (wire, _, _) =>
            await wire.SendAsync(Http2Wire.Frame(Http2Wire.Headers, Http2Wire.EndHeaders | Http2Wire.EndStream, 1, Http2Wire.Header("a", "b")))),
        new("half a frame", [Alive, "silent", Protocol, Compression, Size, Cut], static async (wire, random, _) =>
            await wire.SendAsync(Http2Wire.Call(1, Put)[..random.Next(1, 40)])),
    ];

    public static Task RepeatAsync(Http2Wire wire, int count, byte[] frame) => SendAsync(wire, count, _ => frame);

    private static Task StreamsAsync(Http2Wire wire, int count, Func<int, byte[]> frames) => SendAsync(wire, count, i => frames((2 * i) + 1));

    // In pieces, as one frame at a time would be no flood.
    private static async Task SendAsync(Http2Wire wire, int count, Func<int, byte[]> frames)
    {
        var piece = new List<byte>();
        for (var i = 0; i < count; i++)
        {
            piece.AddRange(frames(i));
            if (piece.Count < 64 << 10 && i < count - 1)
                continue;
            await wire.SendAsync([.. piece]);
            piece.Clear();
        }
    }

    private static async Task AnythingAsync(Http2Wire wire, Random random, int much)
    {
        for (var i = 0; i < much / 100; i++)
        {
            var payload = new byte[random.Next(8) == 0 ? random.Next(2000) : random.Next(20)];
            random.NextBytes(payload);
            var stream = random.Next(4) == 0 ? random.Next() : random.Next(6);
            await wire.SendAsync(random.Next(4) == 0
                ? Http2Wire.Call(stream, Range, payload)
                : Http2Wire.Frame((byte)random.Next(12), (byte)random.Next(256), stream, payload));
        }
    }

    private static async Task ContinuedAsync(Http2Wire wire, Random random, int much)
    {
        await wire.SendAsync(Http2Wire.Frame(Http2Wire.Headers, 0, 1, Http2Wire.CallHeaders(Put)));
        await RepeatAsync(wire, much, Http2Wire.Frame(Http2Wire.Continuation, 0, 1, Http2Wire.Header($"n{random.Next()}", new string('v', 200))));
    }

    // One long header is kept, and then named again and again by one byte: RFC 7541, section 7.3 is of the memory that costs.
    private static async Task UnpackedAsync(Http2Wire wire, Random random, int much)
    {
        const byte NewestKept = 0x80 | 62;
        await wire.SendAsync(Http2Wire.Frame(
            Http2Wire.Headers, Http2Wire.EndHeaders | Http2Wire.EndStream, 1,
            [.. Http2Wire.CallHeaders(Put), .. Http2Wire.Header("n", new string('v', 3900), isKept: true)]));
        await SendAsync(wire, much / 100, i => Http2Wire.Frame(
            Http2Wire.Headers, Http2Wire.EndHeaders | Http2Wire.EndStream, (2 * i) + 3,
            [.. Http2Wire.CallHeaders(Put), .. Enumerable.Repeat(NewestKept, 10_000)]));
    }
}
