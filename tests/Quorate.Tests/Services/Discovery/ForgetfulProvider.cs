using Quorate.Services.Coordination;
using Quorate.Services.Recipes.Providers;

namespace Quorate.Tests.Services.Discovery;

/// <summary>A store whose first watch is told that history is gone, and which can be away.</summary>
internal sealed class ForgetfulProvider(ICoordinationProvider provider) : ICoordinationProvider
{
    private bool hasForgotten;

    public bool IsAway { get; set; }

    public ValueTask<RangeResponse> RangeAsync(RangeRequest request, CancellationToken cancellationToken) =>
        IsAway ? throw CoordinationErrors.Of(CoordinationError.NoLeader) : provider.RangeAsync(request, cancellationToken);

    public ValueTask<TxnResponse> TxnAsync(TxnRequest request, CancellationToken cancellationToken) => provider.TxnAsync(request, cancellationToken);

    public ValueTask<LeaseGrantResponse> LeaseGrantAsync(long ttlSeconds, CancellationToken cancellationToken) => provider.LeaseGrantAsync(ttlSeconds, cancellationToken);

    public ValueTask<LeaseKeepAliveResponse> LeaseKeepAliveAsync(long id, CancellationToken cancellationToken) => provider.LeaseKeepAliveAsync(id, cancellationToken);

    public ValueTask<ResponseHeader> LeaseRevokeAsync(long id, CancellationToken cancellationToken) => provider.LeaseRevokeAsync(id, cancellationToken);

    public IWatchStream OpenWatchStream()
    {
        if (hasForgotten)
            return provider.OpenWatchStream();
        hasForgotten = true;
        return new ForgetfulStream();
    }

    private sealed class ForgetfulStream : IWatchStream
    {
        public void Create(WatchCreateRequest request)
        {
        }

        public void Cancel(long watchId)
        {
        }

        public void RequestProgress()
        {
        }

        public ValueTask<WatchMessage?> ReadAsync(CancellationToken cancellationToken = default) =>
            new(new WatchMessage(WatchMessageKind.Canceled, default, 0, [], Canceled: true, CompactRevision: 1));

        public ValueTask DisposeAsync() => default;
    }
}
