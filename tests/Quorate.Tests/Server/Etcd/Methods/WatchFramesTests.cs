using System.Buffers;
using Google.Protobuf;
using Quorate.Client.Grpc;
using Quorate.Client.Wire;
using Quorate.Server.Etcd.Methods;
using Quorate.Server.Etcd.Translation;
using Quorate.Server.Grpc;
using Quorate.Services.Coordination;
using KeyValue = Quorate.Services.Coordination.KeyValue;
using ResponseHeader = Quorate.Services.Coordination.ResponseHeader;

namespace Quorate.Tests.Server.Etcd.Methods;

/// <summary>What a stream of watches sends is what each message alone would be, however much of it is encoded once and sent together.</summary>
public sealed class WatchFramesTests
{
    private static readonly ResponseHeader Header = new(7, 8, 9, 3);

    [Fact]
    public async Task Each_message_is_what_it_would_be_alone()
    {
        WatchEvent[] one = [Event("a", 10, 20)];
        WatchEvent[] many = [Event("a", 10, 20), Event("b", 12, 300), new(true, Event("c", 1, 0).KeyValue, Event("c", 1, 5).KeyValue)];
        WatchMessage[] messages =
        [
            new(WatchMessageKind.Created, Header, 0, []),
            new(WatchMessageKind.Events, Header, 0, one),
            new(WatchMessageKind.Events, Header, 1, one),
            new(WatchMessageKind.Events, Header, 127, many),
            new(WatchMessageKind.Events, Header, 128, many),
            new(WatchMessageKind.Events, Header with { Revision = 10 }, long.MaxValue, many),
            new(WatchMessageKind.Events, Header with { Revision = 10 }, -5, one, Fragment: true),
            new(WatchMessageKind.Events, default, 4, one),
            new(WatchMessageKind.Progress, Header, -1, []),
            new(WatchMessageKind.Canceled, Header, 3, [], 5, "because", Canceled: true),
        ];
        var exchange = new Frames();
        await SendAsync(exchange, messages);
        Assert.Equal(messages.Select(EtcdResponses.ToWire), exchange.Sent);
        Assert.Equal(1, exchange.Flushes);
    }

    [Fact]
    public async Task What_does_not_fit_together_goes_in_turns_and_in_order()
    {
        WatchMessage[] messages =
        [
            .. Enumerable.Range(0, 400).Select(i => new WatchMessage(WatchMessageKind.Events, Header, i, [Event("k", i, 300)])),
            new(WatchMessageKind.Events, Header, 400, [Event("large", 1, 100_000)]),
            new(WatchMessageKind.Events, Header, 401, [Event("after", 1, 1)]),
        ];
        var exchange = new Frames();
        await SendAsync(exchange, messages);
        Assert.Equal(messages.Select(EtcdResponses.ToWire), exchange.Sent);
        Assert.InRange(exchange.Flushes, 4, 12);
    }

    private static async Task SendAsync(Frames exchange, WatchMessage[] messages)
    {
        using var frames = new WatchFrames(exchange);
        foreach (var message in messages)
            await frames.WriteAsync(message, CancellationToken.None);
        await frames.FlushAsync(CancellationToken.None);
    }

    private static WatchEvent Event(string key, long revision, int valueBytes) =>
        new(false, new KeyValue(System.Text.Encoding.UTF8.GetBytes(key), 1, revision, 2, new byte[valueBytes], 77), null);

    /// <summary>Takes frames apart.</summary>
    private sealed class Frames : IMessageExchange
    {
        public List<WatchResponse> Sent { get; } = [];

        public int Flushes { get; private set; }

        public bool TakesFrames => true;

        public bool AsksForLeader => false;

        public GrpcCaller Caller => throw new NotSupportedException();

        public ValueTask<T?> ReadNextAsync<T>(MessageParser<T> parser, CancellationToken cancellationToken)
            where T : class, IMessage<T> => throw new NotSupportedException();

        public ValueTask WriteAsync(IMessage message, CancellationToken cancellationToken)
        {
            Flushes++;
            Sent.Add((WatchResponse)message);
            return ValueTask.CompletedTask;
        }

        public ValueTask WriteFramesAsync(ReadOnlyMemory<byte> frames, int count, CancellationToken cancellationToken)
        {
            Flushes++;
            var left = new ReadOnlySequence<byte>(frames);
            for (var i = 0; i < count; i++)
            {
                Assert.True(GrpcFrame.TryRead(ref left, 1 << 20, null, out var message));
                Sent.Add(WatchResponse.Parser.ParseFrom(message));
            }

            Assert.True(left.IsEmpty);
            return ValueTask.CompletedTask;
        }
    }
}
