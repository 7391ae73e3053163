using Quorate.Kernel.Encoding;

namespace Quorate.Services.Coordination.Commands;

/// <summary>Writes commands. Their form: one byte for the kind, then the fields in order; numbers as varints, byte strings with their
/// length.</summary>
internal static class CommandWriter
{
    /// <summary>A command that writes a key.</summary>
    /// <param name="request">The request.</param>
    public static ReadOnlyMemory<byte> Put(PutRequest request)
    {
        var writer = Begin(CommandKind.Put, request.Key.Length + request.Value.Length + 32);
        Write(request, writer);
        return writer.WrittenMemory;
    }

    /// <summary>A command that deletes keys.</summary>
    /// <param name="request">The request.</param>
    public static ReadOnlyMemory<byte> DeleteRange(DeleteRangeRequest request)
    {
        var writer = Begin(CommandKind.DeleteRange, request.Key.Length + request.RangeEnd.Length + 32);
        Write(request, writer);
        return writer.WrittenMemory;
    }

    /// <summary>A command that does a transaction.</summary>
    /// <param name="request">The request.</param>
    public static ReadOnlyMemory<byte> Txn(TxnRequest request)
    {
        var writer = Begin(CommandKind.Txn, 256);
        Write(request, writer);
        return writer.WrittenMemory;
    }

    /// <summary>A command that forgets history.</summary>
    /// <param name="revision">Before which revision.</param>
    public static ReadOnlyMemory<byte> Compact(long revision) => WithNumbers(CommandKind.Compact, revision);

    /// <summary>A command that grants a lease.</summary>
    /// <param name="id">Its id; the proposer chose one.</param>
    /// <param name="ttlSeconds">Its time to live; the proposer applied the bounds.</param>
    public static ReadOnlyMemory<byte> LeaseGrant(long id, long ttlSeconds) => WithNumbers(CommandKind.LeaseGrant, id, ttlSeconds);

    /// <summary>A command that ends a lease.</summary>
    /// <param name="id">Which.</param>
    public static ReadOnlyMemory<byte> LeaseRevoke(long id) => WithNumbers(CommandKind.LeaseRevoke, id);

    /// <summary>A command with which the leader of a term takes the leases' deadlines over.</summary>
    /// <param name="term">The term.</param>
    public static ReadOnlyMemory<byte> LessorTakeover(long term) => WithNumbers(CommandKind.LessorTakeover, term);

    /// <summary>A command that ends a lease which has run out.</summary>
    /// <param name="id">Which.</param>
    /// <param name="term">The term in which the proposer took the deadlines over.</param>
    public static ReadOnlyMemory<byte> LeaseExpire(long id, long term) => WithNumbers(CommandKind.LeaseExpire, id, term);

    /// <summary>A command that raises or disarms an alarm.</summary>
    /// <param name="isRaised">Whether it raises it.</param>
    /// <param name="alarm">Which.</param>
    public static ReadOnlyMemory<byte> Alarm(bool isRaised, Alarm alarm)
    {
        var writer = Begin(CommandKind.Alarm, 16);
        writer.WriteBool(isRaised);
        writer.WriteByte((byte)alarm.Kind);
        writer.WriteVarInt((long)alarm.MemberId);
        return writer.WrittenMemory;
    }

    /// <summary>A command, to be judged by who asked for it.</summary>
    /// <param name="user">Who.</param>
    /// <param name="revision">The revision of users and roles by which that was found out.</param>
    /// <param name="command">The command.</param>
    public static ReadOnlyMemory<byte> OnBehalf(string user, long revision, ReadOnlyMemory<byte> command)
    {
        var writer = Begin(CommandKind.OnBehalf, command.Length + (3 * user.Length) + 24);
        writer.WriteString(user);
        writer.WriteVarInt(revision);
        writer.WriteRaw(command.Span);
        return writer.WrittenMemory;
    }

    /// <summary>A command that the process itself asked for.</summary>
    /// <param name="command">The command.</param>
    public static ReadOnlyMemory<byte> Trusted(ReadOnlyMemory<byte> command)
    {
        var writer = Begin(CommandKind.Trusted, command.Length + 1);
        writer.WriteRaw(command.Span);
        return writer.WrittenMemory;
    }

    private static ByteWriter Begin(CommandKind kind, int capacity)
    {
        var writer = new ByteWriter(capacity);
        writer.WriteByte((byte)kind);
        return writer;
    }

    private static ReadOnlyMemory<byte> WithNumbers(CommandKind kind, long first, long? second = null)
    {
        var writer = Begin(kind, 24);
        writer.WriteVarInt(first);
        if (second is { } number)
            writer.WriteVarInt(number);
        return writer.WrittenMemory;
    }

    private static void Write(PutRequest request, ByteWriter writer)
    {
        writer.WriteByte((byte)Flags(request.PreviousKeyValue, request.IgnoreValue, request.IgnoreLease));
        writer.WriteVarInt(request.Lease);
        writer.WriteBytes(request.Key.Span);
        writer.WriteBytes(request.Value.Span);
    }

    private static void Write(DeleteRangeRequest request, ByteWriter writer)
    {
        writer.WriteBool(request.PreviousKeyValues);
        writer.WriteBytes(request.Key.Span);
        writer.WriteBytes(request.RangeEnd.Span);
    }

    private static void Write(RangeRequest request, ByteWriter writer)
    {
        writer.WriteByte((byte)Flags(request.Serializable, request.KeysOnly, request.CountOnly));
        writer.WriteByte((byte)request.SortOrder);
        writer.WriteByte((byte)request.SortTarget);
        writer.WriteBytes(request.Key.Span);
        writer.WriteBytes(request.RangeEnd.Span);
        writer.WriteVarInt(request.Limit);
        writer.WriteVarInt(request.Revision);
        writer.WriteVarInt(request.MinModRevision);
        writer.WriteVarInt(request.MaxModRevision);
        writer.WriteVarInt(request.MinCreateRevision);
        writer.WriteVarInt(request.MaxCreateRevision);
    }

    private static void Write(TxnRequest request, ByteWriter writer)
    {
        writer.WriteVarUInt((ulong)request.Compare.Count);
        foreach (var compare in request.Compare)
            Write(compare, writer);
        Write(request.Success, writer);
        Write(request.Failure, writer);
    }

    private static void Write(Compare compare, ByteWriter writer)
    {
        writer.WriteByte((byte)compare.Result);
        writer.WriteByte((byte)compare.Target);
        writer.WriteBytes(compare.Key.Span);
        writer.WriteBytes(compare.RangeEnd.Span);
        writer.WriteVarInt(compare.Number);
        writer.WriteBytes(compare.Value.Span);
    }

    private static void Write(IReadOnlyList<Operation> operations, ByteWriter writer)
    {
        writer.WriteVarUInt((ulong)operations.Count);
        foreach (var operation in operations)
        {
            writer.WriteByte((byte)OperationKinds.Of(operation));
            switch (operation)
            {
                case RangeRequest range:
                    Write(range, writer);
                    break;
                case PutRequest put:
                    Write(put, writer);
                    break;
                case DeleteRangeRequest delete:
                    Write(delete, writer);
                    break;
                case TxnRequest txn:
                    Write(txn, writer);
                    break;
            }
        }
    }

    private static int Flags(bool first, bool second, bool third) => (first ? 1 : 0) | (second ? 2 : 0) | (third ? 4 : 0);
}
