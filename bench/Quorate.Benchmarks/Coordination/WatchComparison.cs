using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;
using Quorate.Client.Grpc;
using Quorate.Client.Wire;

namespace Quorate.Benchmarks.Coordination;

/// <summary>
/// <c>etcd-watch [ROUNDS]</c>: a thousand watches of one prefix, on ten streams, while h2load puts a key there; the events a second that arrive.
/// </summary>
internal static class WatchComparison
{
    private const int Streams = 10;
    private const int WatchesOfStream = 100;
    private const int Puts = 2_000;
    private static readonly byte[] Key = [.. "watched/key"u8];

    public static async Task<int> RunAsync(string[] arguments)
    {
        var rounds = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 5;
        using var etcd = await Cluster.StartEtcdAsync();
        using var quorate = await Cluster.StartQuorateAsync();
        var spent = new Dictionary<Cluster, List<double>> { [etcd] = [], [quorate] = [] };
        Comparison.PrintHeader();
        await Comparison.PrintAsync(
            $"{Streams * WatchesOfStream} watches of one prefix", "events/s", rounds, etcd, quorate, c => MeasureAsync(c, spent[c]));
        Comparison.Print("processor time of all nodes for an event", "us", spent[etcd][1..], spent[quorate][1..]);
        return 0;
    }

    private static async Task<double> MeasureAsync(Cluster cluster, List<double> spent)
    {
        var callers = Enumerable.Range(0, Streams).Select(_ => new Caller(cluster.Leader)).ToArray();
        var requests = callers.Select(_ => new MessageContent()).ToArray();
        try
        {
            var created = new CountdownEvent(Streams * WatchesOfStream);
            var reading = Task.WhenAll(callers.Zip(requests, (caller, content) => Task.Run(() => ReadAsync(caller, content, created))));
            created.Wait(TimeSpan.FromSeconds(60));
            var (begun, before) = (Stopwatch.GetTimestamp(), cluster.ProcessorSeconds());
            var put = new PutRequest { Key = ByteString.CopyFrom(Key), Value = ByteString.CopyFrom(new byte[16]) };
            await new Load("puts", "/etcdserverpb.KV/Put", put.ToByteArray(), 1, 32, Puts).RunAsync(cluster.Leader);
            await reading.WaitAsync(TimeSpan.FromMinutes(5));
            var (seconds, events) = (Stopwatch.GetElapsedTime(begun).TotalSeconds, Puts * Streams * WatchesOfStream);
            spent.Add((cluster.ProcessorSeconds() - before) * 1e6 / events);
            return events / seconds;
        }
        finally
        {
            foreach (var content in requests)
                content.Complete();
            foreach (var caller in callers)
                caller.Dispose();
        }
    }

    private static async Task ReadAsync(Caller caller, MessageContent requests, CountdownEvent created)
    {
        for (var i = 0; i < WatchesOfStream; i++)
            requests.TryWrite(new WatchRequest
            {
                CreateRequest = new WatchCreateRequest { Key = ByteString.CopyFromUtf8("watched/"), RangeEnd = ByteString.CopyFromUtf8("watched0") },
            });
        await using var answers = await caller.OpenAsync("/etcdserverpb.Watch/Watch", requests);
        var left = WatchesOfStream * Puts;
        await AnswerReader.ReadAsync(answers, message =>
        {
            var events = EventsOf(message);
            if (events == 0)
                created.Signal();
            return (left -= events) > 0;
        });
    }

    // WatchResponse.events is field 11; the rest is passed over. Most messages lie in one piece.
    private static int EventsOf(ReadOnlySequence<byte> message) => EventsOf(message.IsSingleSegment ? message.FirstSpan : message.ToArray());

    private static int EventsOf(ReadOnlySpan<byte> message)
    {
        var events = 0;
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint(message, ref at);
            var number = Varint(message, ref at);
            if ((tag & 7) == 2)
                at += (int)number;
            if (tag >> 3 == WatchResponse.EventsFieldNumber)
                events++;
        }

        return events;
    }

    private static long Varint(ReadOnlySpan<byte> message, ref int at)
    {
        var value = 0L;
        for (var shift = 0; ; shift += 7)
        {
            var next = message[at++];
            value |= (long)(next & 127) << shift;
            if (next < 128)
                return value;
        }
    }
}
