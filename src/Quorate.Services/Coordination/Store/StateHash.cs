using Quorate.Kernel.Encoding;
using Quorate.Services.Coordination.Values;

namespace Quorate.Services.Coordination.Store;

/// <summary>Hashes what can be read of a store, so that replicas can be compared. What waits to be freed does not count.</summary>
internal static class StateHash
{
    /// <summary>A hash of keys, versions and leases.</summary>
    /// <param name="state">The store.</param>
    public static ulong Of(MvccState state)
    {
        var hash = StableHash.Combine(OfKeys(state, state.Revision), (ulong)state.Leases.LessorTerm);
        foreach (var lease in state.Leases.InOrder())
        {
            hash = StableHash.Combine(StableHash.Combine(hash, (ulong)lease.Id), (ulong)lease.TtlSeconds);
            foreach (var key in lease.KeysInOrder())
                hash = StableHash.Combine(hash, StableHash.Of(key.Key));
        }

        return hash;
    }

    /// <summary>A hash of the keys and versions up to a revision.</summary>
    /// <param name="state">The store.</param>
    /// <param name="revision">The revision.</param>
    public static ulong OfKeys(MvccState state, long revision)
    {
        var hash = StableHash.Combine((ulong)revision, (ulong)state.CompactRevision);
        var keys = state.Keys.From([]);
        while (keys.Next() is { } node)
        {
            var (first, end) = RetainedVersions.Of(node, state.CompactRevision, revision);
            for (var place = first; place < end; place++)
                hash = Add(hash, node.Key, node[place]);
        }

        return hash;
    }

    private static ulong Add(ulong hash, byte[] key, in KeyVersion version)
    {
        hash = StableHash.Combine(StableHash.Combine(hash, StableHash.Of(key)), (ulong)version.Main);
        var details = version.Details;
        hash = StableHash.Combine(StableHash.Combine(hash, (ulong)version.Sub), (ulong)details.Create);
        hash = StableHash.Combine(StableHash.Combine(hash, (ulong)details.Number), (ulong)details.Lease);
        return StableHash.Combine(hash, version.IsLive ? StableHash.Of(details.Value.Span) : 1);
    }
}
