using Quorate.Services.Coordination;

namespace Quorate.Server.Etcd.Concurrency;

/// <summary>The lease that a place in line hangs on.</summary>
internal static class CallerLease
{
    /// <summary>The time to live of a lease that the server grants. Source: etcd 3.4, concurrency/session.go.</summary>
    public const long TtlSeconds = 60;

    /// <summary>The caller's lease, or a new one that nobody renews.</summary>
    /// <param name="coordination">The service.</param>
    /// <param name="lease">The caller's lease; 0 for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async ValueTask<long> OrNewAsync(ICoordination coordination, long lease, CancellationToken cancellationToken) =>
        lease != 0 ? lease : (await coordination.LeaseGrantAsync(0, TtlSeconds, cancellationToken)).Id;
}
