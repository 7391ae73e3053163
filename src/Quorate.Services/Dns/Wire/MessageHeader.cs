using System.Buffers.Binary;

namespace Quorate.Services.Dns.Wire;

/// <summary>The twelve bytes that every message begins with. Source: RFC 1035, section 4.1.1.</summary>
/// <param name="Id">The message's number.</param>
/// <param name="Flags">The bits between number and counts.</param>
/// <param name="Questions">How many questions are said to follow.</param>
/// <param name="Answers">How many answers.</param>
/// <param name="Authorities">How many records of the third part.</param>
/// <param name="Additionals">How many of the last.</param>
internal readonly record struct MessageHeader(
    ushort Id, ushort Flags, ushort Questions, ushort Answers, ushort Authorities, ushort Additionals)
{
    public const ushort Response = 1 << 15;
    public const ushort Authoritative = 1 << 10;
    public const ushort Truncated = 1 << 9;
    public const ushort RecursionDesired = 1 << 8;
    public const ushort RecursionAvailable = 1 << 7;
    public const ushort AuthenticData = 1 << 5;
    public const ushort CheckingDisabled = 1 << 4;
    private const int OpcodeShift = 11;
    private const int OpcodeMask = 0xf;
    private const int CodeMask = 0xf;

    /// <summary>The kind of query.</summary>
    public byte Opcode => (byte)((Flags >> OpcodeShift) & OpcodeMask);

    /// <summary>The lower four bits of the response code.</summary>
    public int CodeBits => Flags & CodeMask;

    /// <summary>Whether a flag is set.</summary>
    /// <param name="flag">Which.</param>
    public bool Has(ushort flag) => (Flags & flag) != 0;

    /// <summary>Reads a header.</summary>
    /// <param name="message">The message.</param>
    /// <param name="header">Its header.</param>
    /// <returns>False where the message is too short for one.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, out MessageHeader header)
    {
        header = default;
        if (message.Length < DnsMessage.HeaderBytes)
            return false;
        header = new MessageHeader(At(message, 0), At(message, 2), At(message, 4), At(message, 6), At(message, 8), At(message, 10));
        return true;
    }

    /// <summary>The flags of a message.</summary>
    /// <param name="message">The message.</param>
    public static ushort FlagsOf(DnsMessage message) => (ushort)(
        (message.IsResponse ? Response : 0) | ((message.Opcode & OpcodeMask) << OpcodeShift)
        | (message.IsAuthoritative ? Authoritative : 0) | (message.IsTruncated ? Truncated : 0)
        | (message.RecursionDesired ? RecursionDesired : 0) | (message.RecursionAvailable ? RecursionAvailable : 0)
        | (message.AuthenticData ? AuthenticData : 0) | (message.CheckingDisabled ? CheckingDisabled : 0)
        | ((int)message.Code & CodeMask));

    private static ushort At(ReadOnlySpan<byte> message, int offset) => BinaryPrimitives.ReadUInt16BigEndian(message[offset..]);
}
