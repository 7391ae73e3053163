using Quorate.Services.Coordination.Authentication;

namespace Quorate.Services.Coordination.Store;

/// <summary>Told what a command changed, right after it was applied and before the next one is.</summary>
internal interface IStoreObserver
{
    /// <summary>A revision was made.</summary>
    /// <param name="from">The place of its first write in the history.</param>
    /// <param name="to">The place behind its last.</param>
    void Committed(long from, long to);

    /// <summary>History before the store's compact revision is gone.</summary>
    void Compacted();

    /// <summary>A lease was granted.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="ttlSeconds">Its time to live.</param>
    void LeaseGranted(long id, long ttlSeconds);

    /// <summary>A lease ended.</summary>
    /// <param name="id">Its id.</param>
    void LeaseEnded(long id);

    /// <summary>Users, roles or permissions changed, or a user got a token.</summary>
    /// <param name="change">What changed.</param>
    void AuthChanged(AuthChange change);

    /// <summary>The whole state was replaced.</summary>
    void Restored();
}
