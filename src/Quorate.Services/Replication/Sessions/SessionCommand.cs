using Quorate.Kernel.Encoding;

namespace Quorate.Services.Replication.Sessions;

/// <summary>What an entry of the log asks of the host. The numbers are on disk and on the wire.</summary>
internal enum PayloadKind : byte
{
    /// <summary>A command of the service, under a session.</summary>
    Command = 1,

    /// <summary>A new session.</summary>
    Register = 2,

    /// <summary>Name and addresses of a member, under a session too.</summary>
    Member = 3,

    /// <summary>The level to which the group is raised; of no session, for a second one changes nothing.</summary>
    Level = 4,
}

/// <summary>A command of the service, with what makes its effect happen once.</summary>
/// <param name="Session">The client.</param>
/// <param name="Sequence">Its number of this command, from 1.</param>
/// <param name="LowestUnacknowledged">The client has done with every command below this number.</param>
/// <param name="Command">The command.</param>
internal readonly record struct SessionCommand(ulong Session, long Sequence, long LowestUnacknowledged, ReadOnlyMemory<byte> Command);

/// <summary>The payload of an entry.</summary>
internal static class PayloadCodec
{
    /// <summary>The most bytes that a payload is longer than its command.</summary>
    public const int OverheadBytes = 1 + 8 + 10 + 10;

    /// <summary>Writes a command of a service, or a member's entry, which is under a session just the same.</summary>
    public static byte[] Encode(PayloadKind kind, in SessionCommand command)
    {
        var ahead = command.Sequence - command.LowestUnacknowledged;
        var payload = new byte[9 + VarUIntBytes((ulong)command.LowestUnacknowledged) + VarUIntBytes((ulong)ahead) + command.Command.Length];
        payload[0] = (byte)kind;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(1), command.Session);
        var position = WriteVarUInt(payload, 9, (ulong)command.LowestUnacknowledged);
        position = WriteVarUInt(payload, position, (ulong)ahead);
        command.Command.Span.CopyTo(payload.AsSpan(position));
        return payload;
    }

    public static byte[] Register(ulong session)
    {
        var writer = new ByteWriter(16);
        writer.WriteByte((byte)PayloadKind.Register);
        writer.WriteUInt64(session);
        return writer.ToArray();
    }

    public static byte[] Level(int level)
    {
        var writer = new ByteWriter(4);
        writer.WriteByte((byte)PayloadKind.Level);
        writer.WriteVarUInt((ulong)level);
        return writer.ToArray();
    }

    /// <summary>What a payload is, which may be nothing that this release knows.</summary>
    /// <exception cref="MalformedInputException">There are no bytes.</exception>
    public static PayloadKind KindOf(ReadOnlySpan<byte> payload) =>
        payload.IsEmpty ? throw new MalformedInputException("an entry's payload is empty") : (PayloadKind)payload[0];

    /// <summary>Reads a command.</summary>
    /// <exception cref="MalformedInputException">The bytes are not one.</exception>
    public static SessionCommand ReadCommand(ReadOnlyMemory<byte> payload)
    {
        var reader = new ByteReader(payload.Span);
        reader.ReadByte();
        var session = reader.ReadUInt64();
        var lowest = reader.ReadVarUInt();
        var ahead = reader.ReadVarUInt();
        if (lowest is 0 or > long.MaxValue / 2 || ahead > Session.WindowMax)
            throw new MalformedInputException($"a command's sequence {lowest}+{ahead} is out of bounds");
        return new SessionCommand(session, (long)(lowest + ahead), (long)lowest, payload[reader.Position..]);
    }

    /// <summary>Reads the registration of a session.</summary>
    /// <exception cref="MalformedInputException">The bytes are not one.</exception>
    public static ulong ReadRegister(ReadOnlySpan<byte> payload)
    {
        var reader = new ByteReader(payload);
        reader.ReadByte();
        var session = reader.ReadUInt64();
        reader.ExpectEnd();
        return session;
    }

    /// <summary>Reads the level to which the group is raised.</summary>
    /// <exception cref="MalformedInputException">The bytes are not one.</exception>
    public static int ReadLevel(ReadOnlySpan<byte> payload)
    {
        var reader = new ByteReader(payload);
        reader.ReadByte();
        var level = reader.ReadVarUInt();
        reader.ExpectEnd();
        return level is > 0 and <= int.MaxValue ? (int)level : throw new MalformedInputException($"{level} is no level");
    }

    /// <summary>
    /// Refuses a payload of another replica that could not be read everywhere: asked before it gets into the log. A level is raised by the leader
    /// alone.
    /// </summary>
    /// <exception cref="MalformedInputException">It is not a payload that others give.</exception>
    public static void Check(ReadOnlyMemory<byte> payload)
    {
        switch (KindOf(payload.Span))
        {
            case PayloadKind.Register:
                ReadRegister(payload.Span);
                break;
            case PayloadKind.Command or PayloadKind.Member:
                ReadCommand(payload);
                break;
            default:
                throw new MalformedInputException($"a payload of kind {payload.Span[0]} is not taken from another replica");
        }
    }

    private static int VarUIntBytes(ulong value) => (64 - System.Numerics.BitOperations.LeadingZeroCount(value | 1) + 6) / 7;

    private static int WriteVarUInt(Span<byte> to, int position, ulong value)
    {
        while (value >= 0x80)
        {
            to[position++] = (byte)(value | 0x80);
            value >>= 7;
        }

        to[position++] = (byte)value;
        return position;
    }
}
