using System.Buffers.Binary;
using Quorate.Kernel.Encoding;
using Quorate.Services.Coordination.Keys;
using Quorate.Services.Coordination.Values;
using Quorate.Services.Replication;

namespace Quorate.Services.Coordination.Store;

/// <summary>Reads the written form of a store back. Nothing in it is trusted.</summary>
/// <param name="source">Where the bytes are.</param>
/// <param name="state">An empty store, to fill.</param>
internal sealed class StateLoader(IStateSource source, MvccState state)
{
    private readonly List<Change> history = [];
    private byte[] buffer = new byte[StateFormat.BlockBytes * 2];
    private KeyNode? node;
    private long revision;
    private long compactRevision;
    private long leases;
    private long versions;
    private bool hasAuth;
    private AuthReader? auth;
    private bool hasHeader;
    private bool hasEnd;

    /// <summary>Reads everything.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="MalformedInputException">The bytes are not a whole store.</exception>
    public async ValueTask LoadAsync(CancellationToken cancellationToken)
    {
        await FillAsync(0, sizeof(ulong), cancellationToken);
        var magic = BinaryPrimitives.ReadUInt64LittleEndian(buffer);
        hasAuth = magic == StateFormat.MagicWithAuth;
        if (magic != StateFormat.Magic && !hasAuth)
            throw new MalformedInputException($"a state of the coordination service begins with {StateFormat.Magic:x}, and this with {magic:x}");
        while (!hasEnd)
        {
            var length = await ReadBlockAsync(cancellationToken);
            Read(buffer.AsMemory(0, length));
            await Task.Yield();
        }

        if (await source.ReadAsync(buffer.AsMemory(0, 1), cancellationToken) != 0)
            throw new MalformedInputException("bytes follow the end of the state");
        history.Sort(static (a, b) => a.Main != b.Main ? a.Main.CompareTo(b.Main) : a.Sub.CompareTo(b.Sub));
        state.FinishRestore(revision, compactRevision, history);
    }

    private async ValueTask<int> ReadBlockAsync(CancellationToken cancellationToken)
    {
        await FillAsync(0, StateFormat.FrameBytes, cancellationToken);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(buffer);
        var checksum = BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(sizeof(uint)));
        if (length is 0 or > StateFormat.BlockBytesMax)
            throw new MalformedInputException($"a block of {length} bytes is out of bounds");
        for (var read = 0; read < length;)
        {
            // The buffer grows with what is really there, not with what is announced.
            var piece = (int)Math.Min(length - (uint)read, 1 << 20);
            await FillAsync(read, piece, cancellationToken);
            read += piece;
        }

        if (Crc32C.Of(buffer.AsSpan(0, (int)length)) != checksum)
            throw new MalformedInputException("a block's checksum is wrong");
        return (int)length;
    }

    private async ValueTask FillAsync(int offset, int count, CancellationToken cancellationToken)
    {
        if (buffer.Length < offset + count)
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, offset + count));
        if (await source.ReadAsync(buffer.AsMemory(offset, count), cancellationToken) != count)
            throw new MalformedInputException("the state is cut off");
    }

    private void Read(ReadOnlyMemory<byte> block)
    {
        var reader = new ByteReader(block.Span);
        var kind = (BlockKind)reader.ReadByte();
        if (hasHeader == (kind == BlockKind.Header))
            throw new MalformedInputException("the header is not the first block, or comes twice");
        switch (kind)
        {
            case BlockKind.Header:
                ReadHeader(ref reader);
                break;
            case BlockKind.Leases:
                while (!reader.AtEnd)
                    ReadLease(ref reader);
                break;
            case BlockKind.Alarms:
                while (!reader.AtEnd)
                    ReadAlarm(ref reader);
                break;
            case BlockKind.Authentication when hasAuth && auth is null:
                auth = new AuthReader(state.Auth, ref reader);
                break;
            case BlockKind.Users when auth is not null:
                while (!reader.AtEnd)
                    auth.ReadUser(ref reader);
                break;
            case BlockKind.Roles when auth is not null:
                while (!reader.AtEnd)
                    auth.ReadRole(ref reader);
                break;
            case BlockKind.Versions:
                while (!reader.AtEnd)
                    ReadVersion(ref reader, block);
                break;
            case BlockKind.End:
                hasEnd = true;
                if (hasAuth && auth is not { IsWhole: true })
                    throw new MalformedInputException("users or roles are missing");
                if (reader.ReadVarInt() != leases || reader.ReadVarInt() != versions)
                    throw new MalformedInputException("leases or versions are missing");
                break;
            default:
                throw new MalformedInputException($"{(byte)kind} is no kind of block");
        }

        reader.ExpectEnd();
    }

    private void ReadHeader(ref ByteReader reader)
    {
        hasHeader = true;
        revision = reader.ReadVarInt();
        compactRevision = reader.ReadVarInt();
        state.Leases.LessorTerm = reader.ReadVarInt();
        if (revision < 1 || compactRevision < -1 || compactRevision > revision)
            throw new MalformedInputException($"revision {revision} does not go with compacted revision {compactRevision}");
    }

    private void ReadLease(ref ByteReader reader)
    {
        var lease = new Lease(reader.ReadVarInt(), reader.ReadVarInt());
        if (state.Leases.Contains(lease.Id))
            throw new MalformedInputException("a lease is there twice");
        state.Leases.Add(lease);
        leases++;
    }

    private void ReadAlarm(ref ByteReader reader)
    {
        var alarm = new Alarm((ulong)reader.ReadVarInt(), (AlarmKind)reader.ReadByte());
        if ((int)alarm.Kind >= AlarmKinds.Count || state.Alarms.Contains(alarm) || !state.Alarms.Raise(alarm))
            throw new MalformedInputException($"alarm {(int)alarm.Kind} is of no kind, is there twice, or is one too many");
    }

    private void ReadVersion(ref ByteReader reader, ReadOnlyMemory<byte> block)
    {
        var flags = reader.ReadByte();
        if (flags > 3 || ((flags & 1) != 0 && node is null))
            throw new MalformedInputException($"{flags} are no flags of a version");
        if ((flags & 1) == 0)
            node = NextKey(reader.ReadBytes());
        var main = reader.ReadVarInt();
        var sub = reader.ReadVarInt();
        Check(main, sub);
        state.Restore(node!, main, (int)sub, (flags & 2) == 0 ? null : ReadDetails(ref reader, block));
        versions++;
        if (main >= compactRevision)
            history.Add(new Change(main, (int)sub, node!));
    }

    private static VersionDetails ReadDetails(ref ByteReader reader, ReadOnlyMemory<byte> block)
    {
        var (create, number, lease) = (reader.ReadVarInt(), reader.ReadVarInt(), reader.ReadVarInt());
        var length = reader.ReadBytes().Length;
        return new VersionDetails(create, number, lease, block.Slice(reader.Position - length, length));
    }

    private KeyNode NextKey(ReadOnlySpan<byte> key)
    {
        if (node is not null && key.SequenceCompareTo(node.Key) <= 0)
            throw new MalformedInputException("the keys do not ascend");
        return state.Keys.GetOrAdd(key);
    }

    private void Check(long main, long sub)
    {
        ref readonly var before = ref node!.Latest;
        var ascends = main > before.Main || (main == before.Main && sub > before.Sub);
        if (main < 2 || main > revision || sub is < 0 or > int.MaxValue || (!node.IsEmpty && !ascends))
            throw new MalformedInputException($"version {main}.{sub} is out of order");
    }
}
