using Quorate.Services.Coordination;

namespace Quorate.Tests.Services.Coordination;

/// <summary>The store as simply as it can be written: a whole copy of all keys for each revision. Errors are returned as null results with a code.</summary>
internal sealed class ReferenceStore
{
    private readonly Dictionary<long, SortedDictionary<string, Item>> states = new() { [1] = new(StringComparer.Ordinal) };

    public Dictionary<long, long> Leases { get; } = [];

    public List<(long Revision, string Key, bool IsDelete, Item? Item)> Events { get; } = [];

    public long Revision { get; private set; } = 1;

    public long CompactRevision { get; private set; } = -1;

    public (CoordinationError?, RangeResponse?) Range(RangeRequest request) => Range(request, states[Revision], Revision);

    public (CoordinationError?, OperationResponse?) Write(Operation operation)
    {
        var working = new SortedDictionary<string, Item>(states[Revision], StringComparer.Ordinal);
        var events = new List<(long, string, bool, Item?)>();
        var chosen = operation is TxnRequest txn ? Choose(txn) : null;
        if ((chosen is null ? CheckPut((operation as PutRequest)!, false) : CheckAll(chosen)) is { } error)
            return (error, null);
        var response = chosen is null ? Do(operation, working, events) : Do(chosen, working, events);
        if (events.Count > 0)
            Advance(working, events);
        return (null, operation is TxnRequest ? response with { Header = At(Revision) } : response);
    }

    public CoordinationError? Compact(long revision)
    {
        if (revision <= CompactRevision)
            return CoordinationError.Compacted;
        if (revision > Revision)
            return CoordinationError.FutureRevision;
        CompactRevision = revision;
        return null;
    }

    public CoordinationError? Grant(long id, long ttl) => Leases.TryAdd(id, ttl) ? null : CoordinationError.LeaseExists;

    public CoordinationError? Revoke(long id)
    {
        if (!Leases.Remove(id))
            return CoordinationError.LeaseNotFound;
        var working = new SortedDictionary<string, Item>(states[Revision], StringComparer.Ordinal);
        var events = new List<(long, string, bool, Item?)>();
        foreach (var key in working.Where(pair => pair.Value.Lease == id).Select(pair => pair.Key).ToList())
        {
            working.Remove(key);
            events.Add((Revision + 1, key, true, null));
        }

        if (events.Count > 0)
            Advance(working, events);
        return null;
    }

    private static ResponseHeader At(long revision) => new(0, 0, revision, 0);

    private static string Text(ReadOnlyMemory<byte> bytes) => CoordinationFixture.Text(bytes);

    private static bool Holds(string key, string start, string end)
    {
        if (end.Length == 0)
            return key == start;
        return string.CompareOrdinal(key, start) >= 0 && (end == "\0" || string.CompareOrdinal(key, end) < 0);
    }

    private static List<KeyValuePair<string, Item>> Select(SortedDictionary<string, Item> state, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> end) =>
        [.. state.Where(pair => Holds(pair.Key, Text(key), Text(end)))];

    private static KeyValue Show(KeyValuePair<string, Item> pair, bool keyOnly = false) => new(
        CoordinationFixture.Bytes(pair.Key), pair.Value.Create, pair.Value.Mod, pair.Value.Version,
        keyOnly ? default : CoordinationFixture.Bytes(pair.Value.Value), pair.Value.Lease);

    private (CoordinationError?, RangeResponse?) Range(RangeRequest request, SortedDictionary<string, Item> present, long revision)
    {
        if (request.Revision > revision)
            return (CoordinationError.FutureRevision, null);
        if (request.Revision > 0 && request.Revision < CompactRevision)
            return (CoordinationError.Compacted, null);
        var all = Select(request.Revision > 0 && request.Revision <= Revision ? states[request.Revision] : present, request.Key, request.RangeEnd);
        if (request.CountOnly)
            return (null, new RangeResponse(At(revision), [], false, all.Count));
        IEnumerable<KeyValuePair<string, Item>> kept = all.Where(pair =>
            (request.MinModRevision == 0 || pair.Value.Mod >= request.MinModRevision) && (request.MaxModRevision == 0 || pair.Value.Mod <= request.MaxModRevision)
            && (request.MinCreateRevision == 0 || pair.Value.Create >= request.MinCreateRevision)
            && (request.MaxCreateRevision == 0 || pair.Value.Create <= request.MaxCreateRevision));
        IComparable Field(KeyValuePair<string, Item> pair) => request.SortTarget switch
        {
            KeyField.Version => pair.Value.Version,
            KeyField.CreateRevision => pair.Value.Create,
            KeyField.ModRevision => pair.Value.Mod,
            KeyField.Value => new Ordinal(pair.Value.Value),
            _ => new Ordinal(pair.Key),
        };
        kept = request.SortOrder == SortOrder.Descend ? kept.OrderByDescending(Field) : kept.OrderBy(Field);
        var list = kept.Select(pair => Show(pair, request.KeysOnly)).ToList();
        var more = request.Limit > 0 && list.Count > request.Limit;
        return (null, new RangeResponse(At(revision), more ? list[..(int)request.Limit] : list, more, all.Count));
    }

    private void Advance(SortedDictionary<string, Item> working, List<(long, string, bool, Item?)> events)
    {
        states[++Revision] = working;
        Events.AddRange(events);
    }

    private CoordinationError? CheckPut(PutRequest? put, bool inTxn)
    {
        if (put is null)
            return null;
        var noLease = put.Lease != 0 && !Leases.ContainsKey(put.Lease);
        var noKey = (put.IgnoreLease || put.IgnoreValue) && !states[Revision].ContainsKey(Text(put.Key));
        if (inTxn)
            return noKey ? CoordinationError.KeyNotFound : noLease ? CoordinationError.LeaseNotFound : null;
        return noLease ? CoordinationError.LeaseNotFound : noKey ? CoordinationError.KeyNotFound : null;
    }

    private Chosen Choose(TxnRequest txn)
    {
        var succeeded = txn.Compare.All(Compares);
        var operations = succeeded ? txn.Success : txn.Failure;
        return new Chosen(succeeded, [.. operations.Select(o => (o, o is TxnRequest inner ? Choose(inner) : null))]);
    }

    private CoordinationError? CheckAll(Chosen chosen) =>
        Flatten(chosen).OfType<PutRequest>().Select(put => CheckPut(put, true)).FirstOrDefault(e => e is not null)
        ?? Flatten(chosen).OfType<RangeRequest>().Select(range => Range(range, states[Revision], Revision).Item1).FirstOrDefault(e => e is not null);

    // etcd looks into nested transactions first where they stand; the order among errors of one kind does not matter to the answer's kind.
    private static IEnumerable<Operation> Flatten(Chosen chosen) =>
        chosen.Operations.SelectMany(o => o.Inner is null ? [] : Flatten(o.Inner)).Concat(chosen.Operations.Select(o => o.Operation));

    private bool Compares(Compare compare)
    {
        var found = Select(states[Revision], compare.Key, compare.RangeEnd);
        if (found.Count == 0)
            return compare.Target != KeyField.Value && Compares(compare, new Item("", 0, 0, 0, 0));
        return found.All(pair => Compares(compare, pair.Value));
    }

    private static bool Compares(Compare compare, Item item)
    {
        var order = compare.Target switch
        {
            KeyField.Value => string.CompareOrdinal(item.Value, Text(compare.Value)),
            KeyField.Version => item.Version.CompareTo(compare.Number),
            KeyField.CreateRevision => item.Create.CompareTo(compare.Number),
            KeyField.ModRevision => item.Mod.CompareTo(compare.Number),
            _ => item.Lease.CompareTo(compare.Number),
        };
        return compare.Result switch
        {
            CompareResult.Equal => order == 0,
            CompareResult.NotEqual => order != 0,
            CompareResult.Less => order < 0,
            _ => order > 0,
        };
    }

    private TxnResponse Do(Chosen chosen, SortedDictionary<string, Item> working, List<(long, string, bool, Item?)> events) => new(
        default, chosen.Succeeded, [.. chosen.Operations.Select(o => o.Inner is null ? Do(o.Operation, working, events) : Do(o.Inner, working, events))]);

    private OperationResponse Do(Operation operation, SortedDictionary<string, Item> working, List<(long, string, bool, Item?)> events)
    {
        switch (operation)
        {
            case PutRequest put:
                var key = Text(put.Key);
                var hadOld = working.TryGetValue(key, out var old);
                var item = new Item(
                    put.IgnoreValue ? old!.Value : Text(put.Value), hadOld ? old!.Create : Revision + 1, Revision + 1, hadOld ? old!.Version + 1 : 1,
                    put.IgnoreLease ? old!.Lease : put.Lease);
                working[key] = item;
                events.Add((Revision + 1, key, false, item));
                return new PutResponse(At(Revision + 1), put.PreviousKeyValue && hadOld ? Show(new(key, old!)) : null);
            case DeleteRangeRequest delete:
                var doomed = Select(working, delete.Key, delete.RangeEnd);
                doomed.ForEach(pair => working.Remove(pair.Key));
                doomed.ForEach(pair => events.Add((Revision + 1, pair.Key, true, null)));
                var previous = delete.PreviousKeyValues ? doomed.Select(pair => Show(pair)).ToList() : [];
                return new DeleteRangeResponse(At(events.Count > 0 ? Revision + 1 : Revision), doomed.Count, previous);
            default:
                return Range((RangeRequest)operation, working, events.Count > 0 ? Revision + 1 : Revision).Item2!;
        }
    }

    internal sealed record Item(string Value, long Create, long Mod, long Version, long Lease);

    private sealed record Chosen(bool Succeeded, List<(Operation Operation, Chosen? Inner)> Operations);

    private readonly record struct Ordinal(string Text) : IComparable
    {
        public int CompareTo(object? obj) => string.CompareOrdinal(Text, ((Ordinal)obj!).Text);
    }
}
