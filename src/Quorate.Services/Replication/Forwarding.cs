using Quorate.Kernel.Encoding;

namespace Quorate.Services.Replication;

/// <summary>The calls between hosts. The numbers are on the wire.</summary>
internal enum HostService : byte
{
    /// <summary>A method of the service; its number is the first byte.</summary>
    Method = 1,

    /// <summary>Payloads for the leader's log.</summary>
    Propose = 2,

    /// <summary>The index from which a read is linearizable.</summary>
    ReadIndex = 3,

    /// <summary>A change of members.</summary>
    ChangeMembers = 4,

    /// <summary>Handing over leadership.</summary>
    Transfer = 5,

    /// <summary>A step of membership.</summary>
    Membership = 6,

    /// <summary>The highest level that the other end understands.</summary>
    Level = 7,
}

/// <summary>What a leader says to payloads. The numbers are on the wire.</summary>
internal enum ForwardAnswer : byte
{
    /// <summary>They are in its log.</summary>
    Taken = 0,

    /// <summary>It does not lead, or not yet.</summary>
    NotLeader = 1,

    /// <summary>Too much is under way.</summary>
    Busy = 2,

    /// <summary>Its disk is full.</summary>
    DiskFull = 3,
}

/// <summary>Payloads that another host sent, and the answer that it waits for.</summary>
internal sealed class ForwardedBatch(List<ReadOnlyMemory<byte>> payloads) : TaskCompletionSource<ForwardAnswer>
{
    private const int PayloadsMax = 65_536;

    public List<ReadOnlyMemory<byte>> Payloads { get; } = payloads;

    public static void Write(ByteWriter writer, IReadOnlyList<Proposal> proposals, int from, int to)
    {
        writer.WriteVarUInt((ulong)(to - from));
        for (var i = from; i < to; i++)
            writer.WriteBytes(proposals[i].Payload);
    }

    /// <summary>Reads payloads, and refuses any that a replica could not apply.</summary>
    /// <exception cref="MalformedInputException">The bytes are not payloads.</exception>
    public static ForwardedBatch Read(ReadOnlyMemory<byte> request, int payloadBytesMax)
    {
        var reader = new ByteReader(request.Span);
        var count = reader.ReadCount(2);
        if (count is 0 or > PayloadsMax)
            throw new MalformedInputException($"{count} payloads; between 1 and {PayloadsMax} are accepted");
        var payloads = new List<ReadOnlyMemory<byte>>(count);
        for (var i = 0; i < count; i++)
        {
            var length = reader.ReadBytes().Length;
            if (length > payloadBytesMax)
                throw new MalformedInputException($"a payload of {length} bytes; at most {payloadBytesMax} are accepted");
            var payload = request.Slice(reader.Position - length, length);
            Sessions.PayloadCodec.Check(payload);
            payloads.Add(payload);
        }

        reader.ExpectEnd();
        return new ForwardedBatch(payloads);
    }
}
