using System.Collections.Concurrent;
using System.Threading.Channels;
using Quorate.Services.Coordination;

namespace Quorate.Tests.Server.Etcd;

/// <summary>
/// The least store that the endpoint can be tried on: puts and gets of single keys, deletes, and whatever failure a test
/// asks for.
/// </summary>
public sealed class InMemoryCoordination : ICoordination
{
    private readonly Lock sync = new();
    private readonly SortedDictionary<string, KeyValue> keys = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<InMemoryWatchStream, bool> streams = new();
    private long revision = 1;

    public Exception? Failure { get; set; }

    /// <summary>When set, calls wait for it.</summary>
    public TaskCompletionSource? Gate { get; set; }

    public ulong Leader { get; set; } = 1;

    public long LastLeaseKept { get; private set; }

    public TxnRequest? LastTxn { get; private set; }

    public RangeRequest? LastRange { get; private set; }

    public WatchCreateRequest? LastWatch { get; private set; }

    public int OpenStreams => streams.Count;

    private ResponseHeader Header => new(7, 1, revision, 2);

    public async ValueTask<RangeResponse> RangeAsync(RangeRequest request, CancellationToken cancellationToken = default)
    {
        await PassAsync(cancellationToken);
        LastRange = request;
        lock (sync)
        {
            return keys.TryGetValue(Text(request.Key), out var found)
                ? new RangeResponse(Header, [found], false, 1)
                : new RangeResponse(Header, [], false, 0);
        }
    }

    public async ValueTask<PutResponse> PutAsync(PutRequest request, CancellationToken cancellationToken = default)
    {
        await PassAsync(cancellationToken);
        if (request.Key.IsEmpty)
            throw new CoordinationException(CoordinationError.EmptyKey, "no key");
        lock (sync)
        {
            keys.TryGetValue(Text(request.Key), out var before);
            revision++;
            var now = new KeyValue(
                request.Key, before?.CreateRevision ?? revision, revision, (before?.Version ?? 0) + 1, request.Value, request.Lease);
            keys[Text(request.Key)] = now;
            foreach (var stream in streams.Keys)
                stream.Send(new WatchMessage(WatchMessageKind.Events, Header, 0, [new WatchEvent(false, now, before)]));
            return new PutResponse(Header, request.PreviousKeyValue ? before : null);
        }
    }

    public async ValueTask<DeleteRangeResponse> DeleteRangeAsync(DeleteRangeRequest request, CancellationToken cancellationToken = default)
    {
        await PassAsync(cancellationToken);
        lock (sync)
        {
            return keys.Remove(Text(request.Key), out var before)
                ? new DeleteRangeResponse(Header, 1, request.PreviousKeyValues ? [before] : [])
                : new DeleteRangeResponse(Header, 0, []);
        }
    }

    public async ValueTask<TxnResponse> TxnAsync(TxnRequest request, CancellationToken cancellationToken = default)
    {
        await PassAsync(cancellationToken);
        LastTxn = request;
        return new TxnResponse(Header, true, [new PutResponse(Header, null), new TxnResponse(Header, false, [])]);
    }

    public async ValueTask<ResponseHeader> CompactAsync(long revision, bool physical, CancellationToken cancellationToken = default)
    {
        await PassAsync(cancellationToken);
        return Header;
    }

    public async ValueTask<LeaseGrantResponse> LeaseGrantAsync(long id, long ttlSeconds, CancellationToken cancellationToken = default)
    {
        await PassAsync(cancellationToken);
        return new LeaseGrantResponse(Header, id == 0 ? 99 : id, ttlSeconds);
    }

    public async ValueTask<ResponseHeader> LeaseRevokeAsync(long id, CancellationToken cancellationToken = default)
    {
        await PassAsync(cancellationToken);
        return Header;
    }

    public async ValueTask<LeaseKeepAliveResponse> LeaseKeepAliveAsync(long id, CancellationToken cancellationToken = default)
    {
        await PassAsync(cancellationToken);
        LastLeaseKept = id;
        return new LeaseKeepAliveResponse(Header, id, id == 404 ? 0 : 30);
    }

    public async ValueTask<LeaseTimeToLiveResponse> LeaseTimeToLiveAsync(long id, bool keys, CancellationToken cancellationToken = default)
    {
        await PassAsync(cancellationToken);
        return new LeaseTimeToLiveResponse(Header, id, 20, 30, keys ? [new byte[] { 1 }] : []);
    }

    public async ValueTask<LeaseLeasesResponse> LeaseLeasesAsync(CancellationToken cancellationToken = default)
    {
        await PassAsync(cancellationToken);
        return new LeaseLeasesResponse(Header, [5, 6]);
    }

    public IWatchStream OpenWatchStream()
    {
        var stream = new InMemoryWatchStream(this);
        streams[stream] = true;
        return stream;
    }

    public async ValueTask<MemberListResponse> MemberListAsync(bool linearizable, CancellationToken cancellationToken = default)
    {
        await PassAsync(cancellationToken);
        return new MemberListResponse(Header, [new ClusterMember(1, "n1", ["http://127.0.0.1:7000"], ["http://127.0.0.1:2379"], false)]);
    }

    public async ValueTask<MemberAddResponse> MemberAddAsync(
        IReadOnlyList<string> peerUrls, bool isLearner, CancellationToken cancellationToken = default)
    {
        await PassAsync(cancellationToken);
        return new MemberAddResponse(Header, new ClusterMember(2, "", peerUrls, [], isLearner), []);
    }

    public ValueTask<MemberListResponse> MemberRemoveAsync(ulong id, CancellationToken cancellationToken = default) =>
        MemberListAsync(linearizable: true, cancellationToken);

    public ValueTask<MemberListResponse> MemberUpdateAsync(
        ulong id, IReadOnlyList<string> peerUrls, CancellationToken cancellationToken = default) =>
        MemberListAsync(linearizable: true, cancellationToken);

    public ValueTask<MemberListResponse> MemberPromoteAsync(ulong id, CancellationToken cancellationToken = default) =>
        MemberListAsync(linearizable: true, cancellationToken);

    public ValueTask<StatusResponse> StatusAsync(CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(new StatusResponse(Header, "3.4.0", 1, 1, Leader, 1, 2, 1, [], false));

    private async ValueTask PassAsync(CancellationToken cancellationToken)
    {
        if (Gate is { } gate)
            await gate.Task.WaitAsync(cancellationToken);
        if (Failure is { } failure)
            throw failure;
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => System.Text.Encoding.Latin1.GetString(bytes.Span);

    private sealed class InMemoryWatchStream(InMemoryCoordination owner) : IWatchStream
    {
        private readonly Channel<WatchMessage> messages = Channel.CreateUnbounded<WatchMessage>();

        public void Create(WatchCreateRequest request)
        {
            owner.LastWatch = request;
            Send(new WatchMessage(WatchMessageKind.Created, owner.Header, request.WatchId, []));
        }

        public void Cancel(long watchId) => Send(new WatchMessage(WatchMessageKind.Canceled, owner.Header, watchId, [], Canceled: true));

        public void RequestProgress() => Send(new WatchMessage(WatchMessageKind.Progress, owner.Header, -1, []));

        public async ValueTask<WatchMessage?> ReadAsync(CancellationToken cancellationToken = default) =>
            await messages.Reader.WaitToReadAsync(cancellationToken) && messages.Reader.TryRead(out var message) ? message : null;

        public ValueTask DisposeAsync()
        {
            owner.streams.TryRemove(this, out _);
            messages.Writer.TryComplete();
            return ValueTask.CompletedTask;
        }

        internal void Send(WatchMessage message) => messages.Writer.TryWrite(message);
    }
}
