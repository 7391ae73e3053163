using Quorate.Services.Coordination.Keys;
using Quorate.Services.Coordination.Store;
using Quorate.Services.Coordination.Values;

namespace Quorate.Services.Coordination.Watches;

/// <summary>Makes events of the history's writes. One write's event is made once for all watches that want the same.</summary>
/// <param name="store">The store.</param>
internal sealed class EventReader(CoordinationStore store)
{
    private long place = -1;
    private WatchEvent? plain;
    private WatchEvent? withPrevious;
    private WatchEvent[] shared = [];

    /// <summary>The event of a write.</summary>
    /// <param name="at">The write's place in the history.</param>
    /// <param name="previous">Whether the version before is wanted.</param>
    public WatchEvent Read(long at, bool previous)
    {
        if (at != place)
            (place, plain, withPrevious) = (at, null, null);
        if (!previous)
            return plain ??= Make(at);
        return withPrevious ??= WithPrevious(plain ??= Make(at), store.State.History[at]);
    }

    /// <summary>Forgets what was made, so that nothing is kept alive.</summary>
    public void Forget() => (place, plain, withPrevious, shared) = (-1, null, null, []);

    /// <summary>The events as an array, the same one for watches next to each other that are told of the same events.</summary>
    /// <param name="events">The events; the list is used again.</param>
    public WatchEvent[] Shared(List<WatchEvent> events)
    {
        var isSame = events.Count == shared.Length;
        for (var i = 0; isSame && i < shared.Length; i++)
            isSame = ReferenceEquals(events[i], shared[i]);
        return isSame ? shared : shared = [.. events];
    }

    private WatchEvent Make(long at)
    {
        ref readonly var change = ref store.State.History[at];
        ref readonly var version = ref change.Node.Written(change.Main, change.Sub);
        return new WatchEvent(!version.IsLive, Copied(version, change.Node), null);
    }

    private WatchEvent WithPrevious(WatchEvent made, in Change change)
    {
        var isCreation = !made.IsDelete && made.KeyValue.CreateRevision == made.KeyValue.ModRevision;
        if (isCreation || change.Main - 1 < store.CompactRevision || !change.Node.TryAt(change.Main - 1, out var before))
            return made;
        return made with { PreviousKeyValue = Copied(before, change.Node) };
    }

    /// <summary>An event can wait for its reader for long; it must not keep the memory of its neighbours alive.</summary>
    private static KeyValue Copied(in KeyVersion version, KeyNode node)
    {
        var shown = version.ToKeyValue(node.Key);
        return version.Chunk is { IsCold: true } ? shown : shown with { Value = shown.Value.ToArray() };
    }
}
