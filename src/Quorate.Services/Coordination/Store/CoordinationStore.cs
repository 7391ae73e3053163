using Quorate.Kernel.Encoding;
using Quorate.Kernel.Invariants;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination.Authentication;
using Quorate.Services.Coordination.Commands;
using Quorate.Services.Coordination.Values;
using Quorate.Services.Replication;
using Quorate.Services.Replication.Levels;

namespace Quorate.Services.Coordination.Store;

/// <summary>The replicated state of the coordination service: keys with all their versions, and leases.</summary>
/// <remarks>
/// Guarantee: deterministic: the same commands give the same state and replies everywhere. Writes of one transaction share one revision, and
/// every revision from the compacted one on can be read.
/// Cost: about a microsecond for a small put; about 140 bytes a key beside key and value, and 60 more for each further version.
/// A read of a version whose value is on disk costs one or two blocks of 4 KiB, as a rule from the page cache.
/// Fails when: memory runs out: keys, and 48 bytes for each version that is not compacted, are held in memory, and values as
/// <see cref="ValueStorageOptions"/> says. The machine fails where the disk gives other bytes than were written.
/// Source: etcd v3.4, mvcc and etcdserver/apply.go (semantics).
/// </remarks>
public sealed class CoordinationStore : IStateMachine, IAsyncDisposable
{
    // Each command frees at most this much of what was compacted, so that a compaction never stops the strand.
    private const int TrimBudget = 256;
    private readonly ByteWriter reply = new();
    private readonly List<IStoreObserver> observers = [];
    private readonly StoreCounters counters = new();
    private readonly ValueStorage storage;

    // Who asked for the command that is being applied. What says nothing about it is judged as nobody's.
    private CallerIdentity caller;

    // States that were replaced while a cut reads them.
    private readonly List<MvccState> retired = [];

    /// <summary>Creates a store that keeps everything in memory.</summary>
    public CoordinationStore()
        : this(ValueStorage.InMemory)
    {
    }

    private CoordinationStore(ValueStorage storage)
    {
        this.storage = storage;
        State = new MvccState(storage.NewArena(), counters);
    }

    /// <summary>The newest revision.</summary>
    public long Revision => State.Revision;

    /// <summary>The oldest revision that can be read; -1 as long as nothing was compacted.</summary>
    public long CompactRevision => State.CompactRevision;

    /// <summary>The level up to which commands are applied: one of <see cref="FeatureLevel"/>, the newest where no group says otherwise.</summary>
    public int Level { get; private set; } = FeatureLevel.Newest;

    /// <summary>The lowest level at which this state may be.</summary>
    public int LevelNeeded => State.Auth.IsUntouched ? FeatureLevel.First : FeatureLevel.Authentication;

    /// <summary>How many leases there are.</summary>
    public int LeaseCount => State.Leases.Count;

    /// <summary>Whether an alarm of corruption is raised, so that nothing is written.</summary>
    public bool IsCorrupt => State.Alarms.IsCorrupt;

    /// <summary>About how many bytes of memory the store holds.</summary>
    public long Bytes => State.Bytes;

    /// <summary>About how many bytes the store holds, with the room that compaction left and nothing has taken yet.</summary>
    public long HeldBytes => State.HeldBytes;

    /// <summary>The keys, the history and the leases.</summary>
    internal MvccState State { get; private set; }

    /// <summary>Whether compacted versions wait to be freed, and may be.</summary>
    internal bool CanTrim => State.HasGarbage && State.Cuts == 0;

    /// <summary>Creates an empty store that keeps old values on disk, and deletes what an earlier process left there.</summary>
    /// <param name="machine">Whose disk.</param>
    /// <param name="options">How much stays in memory, and where the rest goes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static async ValueTask<CoordinationStore> OpenAsync(
        IMachine machine, ValueStorageOptions options, CancellationToken cancellationToken = default) =>
        new(await ValueStorage.OpenAsync(machine, options, cancellationToken));

    /// <inheritdoc/>
    public byte[] Apply(long index, ReadOnlyMemory<byte> command)
    {
        reply.Clear();
        try
        {
            Dispatch(index, command);
        }
        catch (MalformedInputException e)
        {
            // Commands are read whole before anything is changed.
            ReplyWriter.Failed(reply, CoordinationError.Internal, $"malformed command: {e.Message}");
        }

        Trim(TrimBudget);
        return reply.ToArray();
    }

    /// <inheritdoc/>
    public void LevelChanged(int level) => Level = level;

    /// <inheritdoc/>
    public IStateCut Cut()
    {
        var state = State;
        state.Cuts++;
        return new StateCut(state, () => Release(state));
    }

    /// <inheritdoc/>
    public async ValueTask RestoreAsync(IStateSource source, CancellationToken cancellationToken)
    {
        var restored = new MvccState(storage.NewArena(), counters);
        try
        {
            await new StateLoader(source, restored).LoadAsync(cancellationToken);
        }
        catch
        {
            await restored.Values.DisposeAsync();
            throw;
        }

        await RetireAsync(State);
        State = restored;
        foreach (var observer in observers)
            observer.Restored();
    }

    /// <summary>Gives the disk back. The store is not used any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await State.Values.DisposeAsync();
        foreach (var state in retired)
            await state.Values.DisposeAsync();
    }

    /// <summary>A hash of everything that can be read, the same on every replica that applied the same commands.</summary>
    public ulong Hash() => StateHash.Of(State);

    /// <summary>A hash of what <see cref="Hash"/> is of, taken in slices.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    internal async ValueTask<ulong> HashAsync(CancellationToken cancellationToken) =>
        StateHash.WithRest(await HashAtAsync(State.Revision, cancellationToken), State);

    /// <summary>A hash of all keys and versions up to a revision, taken in slices.</summary>
    /// <param name="revision">The revision; one that can be read.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async ValueTask<ulong> HashAtAsync(long revision, CancellationToken cancellationToken)
    {
        var state = State;
        state.Cuts++;
        try
        {
            return await StateHash.OfKeysAsync(state, revision, cancellationToken);
        }
        finally
        {
            Release(state);
        }
    }

    /// <summary>A hash of all keys and versions up to a revision.</summary>
    /// <param name="revision">The revision; one that can be read.</param>
    public ulong HashAt(long revision) => StateHash.OfKeys(State, revision);

    /// <summary>Has an observer told of every change from now on.</summary>
    /// <param name="observer">The observer.</param>
    internal void Observe(IStoreObserver observer) => observers.Add(observer);

    /// <summary>Tells an observer nothing more.</summary>
    /// <param name="observer">The observer.</param>
    internal void Unobserve(IStoreObserver observer) => observers.Remove(observer);

    /// <summary>Frees some of what was compacted.</summary>
    /// <param name="budget">How many writes to look at.</param>
    internal void Trim(int budget)
    {
        if (CanTrim)
            State.Trim(budget);
    }

    // A cut that is open goes on reading the state that it was taken of.
    private ValueTask RetireAsync(MvccState state)
    {
        if (state.Cuts == 0)
            return state.Values.DisposeAsync();
        retired.Add(state);
        return default;
    }

    private void Release(MvccState state)
    {
        state.Cuts--;
        if (state.Cuts == 0 && retired.Remove(state))
            _ = state.Values.DisposeAsync().AsTask();
    }

    private void Dispatch(long index, ReadOnlyMemory<byte> command)
    {
        var reader = new SliceReader(command);
        var kind = Known(reader.ReadByte());
        Invariant.Holds(
            kind < CommandKind.OnBehalf || Level >= FeatureLevel.Authentication,
            "a command of a level is behind the entry that raised the group to it");
        caller = CallerIdentity.Nobody;
        if (kind is CommandKind.OnBehalf or CommandKind.Trusted)
        {
            caller = kind == CommandKind.Trusted ? CallerIdentity.Trusted : CallerIdentity.Of(reader.ReadString(), reader.ReadVarInt());
            kind = Known(reader.ReadByte());
        }

        switch (kind)
        {
            case CommandKind.Put:
                var put = CommandReader.Put(ref reader);
                reader.ExpectEnd();
                Put(put);
                break;
            case CommandKind.DeleteRange:
                var delete = CommandReader.DeleteRange(ref reader);
                reader.ExpectEnd();
                Delete(delete);
                break;
            case CommandKind.Txn:
                var txn = CommandReader.Txn(ref reader);
                reader.ExpectEnd();
                Txn(txn);
                break;
            case CommandKind.Alarm:
                var (isRaised, alarm) = CommandReader.Alarm(ref reader);
                reader.ExpectEnd();
                SetAlarm(isRaised, alarm);
                break;
            case CommandKind.Authentication:
                var change = AuthCommands.Read(ref reader);
                reader.ExpectEnd();
                Change(change, index);
                break;
            default:
                DispatchNumbers(kind, ref reader);
                break;
        }
    }

    // Malformed commands are answered, the same on every replica. One that only newer releases know would be done on some replicas and not here.
    private static CommandKind Known(byte kind) =>
        kind is >= (byte)CommandKind.Put and <= (byte)CommandKind.Authentication
            ? (CommandKind)kind : throw ReleaseTooOldException.OfKind("a command", kind);

    private void DispatchNumbers(CommandKind kind, ref SliceReader reader)
    {
        var first = reader.ReadVarInt();
        var second = kind is CommandKind.LeaseGrant or CommandKind.LeaseExpire ? reader.ReadVarInt() : 0;
        reader.ExpectEnd();
        switch (kind)
        {
            case CommandKind.Compact:
                Compact(first);
                break;
            case CommandKind.LeaseGrant:
                Grant(first, second);
                break;
            case CommandKind.LeaseRevoke:
                Revoke(first);
                break;
            case CommandKind.LessorTakeover:
                State.Leases.LessorTerm = Math.Max(State.Leases.LessorTerm, first);
                ReplyWriter.Done(reply, State.Revision);
                break;
            case CommandKind.LeaseExpire:
                Expire(first, second);
                break;
            default:
                throw new MalformedInputException($"{(byte)kind} is no command");
        }
    }

    private void SetAlarm(bool isRaised, Alarm alarm)
    {
        var changed = isRaised ? State.Alarms.Raise(alarm) : State.Alarms.Disarm(alarm);
        ReplyWriter.Done(reply, State.Revision);
        reply.WriteBool(changed);
    }

    private void Change(AuthChange change, long index)
    {
        if ((change is LogIn logIn ? RefusalOf(logIn) : AccessRules.Admin(State.Auth, caller) ?? State.Auth.Apply(change)) is { } error)
        {
            ReplyWriter.Failed(reply, error);
            return;
        }

        ReplyWriter.Done(reply, State.Revision);
        reply.WriteVarInt(index);
        foreach (var observer in observers)
            observer.AuthChanged(change);
    }

    // The password was checked by an older state: whether it is the right one still is only sure where nothing changed since.
    private CoordinationError? RefusalOf(LogIn logIn) =>
        !State.Auth.IsEnabled ? CoordinationError.AuthNotEnabled
        : !State.Auth.TryUser(logIn.Name, out var user) || user.Password is null ? CoordinationError.AuthFailed
        : logIn.Revision != State.Auth.Revision ? CoordinationError.AuthOldRevision
        : null;

    private void Put(PutRequest put)
    {
        if ((Refusal(takesSpace: true) ?? Judge(put)) is { } refusal)
        {
            ReplyWriter.Failed(reply, refusal);
            return;
        }

        if (Operations.Check(State, put, inTransaction: false) is { } error)
        {
            ReplyWriter.Failed(reply, error);
            return;
        }

        var from = State.History.End;
        Finish(from, Operations.Do(State, put));
    }

    private void Delete(DeleteRangeRequest delete)
    {
        if ((Refusal(takesSpace: false) ?? Judge(delete)) is { } refusal)
        {
            ReplyWriter.Failed(reply, refusal);
            return;
        }

        var from = State.History.End;
        Finish(from, Operations.Do(State, delete));
    }

    private void Txn(TxnRequest request)
    {
        counters.Transactions++;
        if ((Refusal(WriteCost.TakesSpace(request)) ?? Judge(request)) is { } refusal)
        {
            ReplyWriter.Failed(reply, refusal);
            return;
        }

        var transaction = new Transaction(State, request);
        if (transaction.Check(State) is { } error)
        {
            ReplyWriter.Failed(reply, error);
            return;
        }

        var from = State.History.End;
        var response = transaction.Do(State, default);
        Finish(from, response with { Header = response.Header with { Revision = State.View } });
    }

    private void Finish(long from, OperationResponse response)
    {
        Commit(from);
        ReplyWriter.Done(reply, State.Revision);
        ReplyWriter.Operation(reply, response);
    }

    private void Compact(long revision)
    {
        if (Refusal(takesSpace: false) is { } alarm)
        {
            ReplyWriter.Failed(reply, alarm);
            return;
        }

        if (revision <= State.CompactRevision || revision > State.Revision)
        {
            ReplyWriter.Failed(reply, revision > State.Revision ? CoordinationError.FutureRevision : CoordinationError.Compacted);
            return;
        }

        State.Compact(revision);
        ReplyWriter.Done(reply, State.Revision);
        foreach (var observer in observers)
            observer.Compacted();
    }

    private void Grant(long id, long ttlSeconds)
    {
        if ((Refusal(takesSpace: true) ?? RefusalOfLease(id)) is { } error)
        {
            ReplyWriter.Failed(reply, error);
            return;
        }

        counters.LeasesGranted++;
        State.Leases.Add(new Lease(id, ttlSeconds));
        ReplyWriter.Done(reply, State.Revision);
        foreach (var observer in observers)
            observer.LeaseGranted(id, ttlSeconds);
    }

    private void Expire(long id, long term)
    {
        // A leader that was superseded may still have this command under way; its successor gave every lease its full time again.
        if (term != State.Leases.LessorTerm)
            ReplyWriter.Failed(reply, CoordinationError.NoLeader);
        else if (End(id))
            counters.LeasesExpired++;
    }

    private void Revoke(long id)
    {
        if (LeaseAccess.OfKeys(State, caller, id) is { } refusal)
            ReplyWriter.Failed(reply, refusal);
        else if (End(id))
            counters.LeasesRevoked++;
    }

    private bool End(long id)
    {
        if (!State.Leases.TryFind(id, out var lease) || State.Alarms.IsCorrupt)
        {
            ReplyWriter.Failed(reply, lease is null ? CoordinationError.LeaseNotFound : CoordinationError.Corrupt);
            return false;
        }

        var from = State.History.End;
        State.Revoke(lease);
        Commit(from);
        ReplyWriter.Done(reply, State.Revision);
        foreach (var observer in observers)
            observer.LeaseEnded(id);
        return true;
    }

    // Source: etcd v3.4, etcdserver/apply.go and corrupt.go: what an alarm forbids is decided where the command is applied.
    private CoordinationError? Refusal(bool takesSpace) =>
        State.Alarms.IsCorrupt ? CoordinationError.Corrupt
        : takesSpace && State.Alarms.IsFull ? CoordinationError.NoSpace
        : null;

    private CoordinationError? Judge(Operation operation) =>
        AccessRules.Operation(State.Auth, caller, operation) ?? LeaseAccess.OfPuts(State, caller, operation);

    private CoordinationError? RefusalOfLease(long id) =>
        id == 0 ? CoordinationError.LeaseNotFound : State.Leases.Contains(id) ? CoordinationError.LeaseExists : null;

    private void Commit(long from)
    {
        if (!State.Commit())
            return;
        foreach (var observer in observers)
            observer.Committed(from, State.History.End);
    }
}
