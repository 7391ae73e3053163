using Quorate.Kernel.Encoding;
using Quorate.Services.Coordination.Values;

namespace Quorate.Services.Coordination.Store;

/// <summary>Hashes what can be read of a store, so that replicas can be compared. What waits to be freed does not count.</summary>
internal static class StateHash
{
    /// <summary>A hash of keys, versions, leases and alarms.</summary>
    /// <param name="state">The store.</param>
    public static ulong Of(MvccState state) => WithRest(OfKeys(state, state.Revision), state);

    /// <summary>Adds the leases and the alarms to a hash.</summary>
    /// <param name="hash">The hash of the keys.</param>
    /// <param name="state">The store.</param>
    public static ulong WithRest(ulong hash, MvccState state)
    {
        hash = StableHash.Combine(hash, (ulong)state.Leases.LessorTerm);
        foreach (var lease in state.Leases.InOrder())
        {
            hash = StableHash.Combine(StableHash.Combine(hash, (ulong)lease.Id), (ulong)lease.TtlSeconds);
            foreach (var key in lease.KeysInOrder())
                hash = StableHash.Combine(hash, StableHash.Of(key.Key));
        }

        foreach (var alarm in state.Alarms.Of(AlarmKind.None))
            hash = StableHash.Combine(StableHash.Combine(hash, alarm.MemberId), (ulong)alarm.Kind);
        return state.Auth.IsUntouched ? hash : StableHash.Combine(hash, new AuthCut(state.Auth).Hash());
    }

    /// <summary>A hash of the keys and versions up to a revision.</summary>
    /// <param name="state">The store.</param>
    /// <param name="revision">The revision.</param>
    public static ulong OfKeys(MvccState state, long revision)
    {
        var compactRevision = state.CompactRevision;
        var hash = Begin(revision, compactRevision);
        for (var batches = new KeyBatches(state); batches.Next();)
            hash = AddBatch(hash, batches, compactRevision, revision);
        return hash;
    }

    /// <summary>The same hash, in slices between which other work of the strand gets its turn. The caller keeps the state from being
    /// freed.</summary>
    /// <param name="state">The store.</param>
    /// <param name="revision">The revision.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async ValueTask<ulong> OfKeysAsync(MvccState state, long revision, CancellationToken cancellationToken)
    {
        var compactRevision = state.CompactRevision;
        var hash = Begin(revision, compactRevision);
        for (var batches = new KeyBatches(state); batches.Next();)
        {
            hash = AddBatch(hash, batches, compactRevision, revision);
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        return hash;
    }

    private static ulong Begin(long revision, long compactRevision) => StableHash.Combine((ulong)revision, (ulong)compactRevision);

    private static ulong AddBatch(ulong hash, KeyBatches batches, long compactRevision, long revision)
    {
        foreach (var node in batches.Current)
        {
            var (first, end) = RetainedVersions.Of(node, compactRevision, revision);
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
