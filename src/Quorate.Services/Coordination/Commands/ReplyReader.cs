using Quorate.Kernel.Encoding;

namespace Quorate.Services.Coordination.Commands;

/// <summary>Reads what <see cref="ReplyWriter"/> wrote. Byte strings are slices of the reply.</summary>
internal static class ReplyReader
{
    /// <summary>Begins to read a reply.</summary>
    /// <param name="reply">The reply.</param>
    /// <exception cref="CoordinationException">The reply says that the command failed.</exception>
    public static SliceReader Open(ReadOnlyMemory<byte> reply)
    {
        var reader = new SliceReader(reply);
        var status = reader.ReadByte();
        if (status == 0)
            return reader;
        var error = (CoordinationError)(status - 1);
        var text = reader.ReadString();
        throw text.Length == 0 ? CoordinationErrors.Of(error) : new CoordinationException(error, text);
    }

    /// <summary>Whether a reply says that the command failed in this way.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="error">In which.</param>
    public static bool IsOf(byte[] reply, CoordinationError error) => reply is [var status, ..] && status == 1 + (int)error;

    /// <summary>Reads a reply that is a revision and no more.</summary>
    /// <param name="reply">The reply.</param>
    public static long Revision(ReadOnlyMemory<byte> reply)
    {
        var reader = Open(reply);
        return reader.ReadVarInt();
    }

    /// <summary>Reads the result of one operation.</summary>
    /// <param name="reader">Where from.</param>
    /// <param name="header">The header for the result, to which its own revision is added.</param>
    /// <param name="depth">How deep it is nested.</param>
    public static OperationResponse Operation(ref SliceReader reader, ResponseHeader header, int depth = 0)
    {
        if (depth > CommandReader.DepthMax)
            throw new MalformedInputException($"results are nested deeper than {CommandReader.DepthMax}");
        var kind = (OperationKind)reader.ReadBelow(OperationKinds.Count, "operation");
        header = header with { Revision = reader.ReadVarInt() };
        switch (kind)
        {
            case OperationKind.Range:
                var found = KeyValues(ref reader);
                var more = reader.ReadBool();
                return new RangeResponse(header, found, more, reader.ReadVarInt());
            case OperationKind.Put:
                return new PutResponse(header, reader.ReadBool() ? KeyValue(ref reader) : null);
            case OperationKind.DeleteRange:
                var deleted = reader.ReadVarInt();
                return new DeleteRangeResponse(header, deleted, KeyValues(ref reader));
            default:
                return Txn(ref reader, header, depth);
        }
    }

    private static TxnResponse Txn(ref SliceReader reader, ResponseHeader header, int depth)
    {
        var succeeded = reader.ReadBool();
        var responses = new OperationResponse[reader.ReadCount(2)];
        for (var i = 0; i < responses.Length; i++)
            responses[i] = Operation(ref reader, default, depth + 1);
        return new TxnResponse(header, succeeded, responses);
    }

    private static KeyValue[] KeyValues(ref SliceReader reader)
    {
        var count = reader.ReadCount(6);
        if (count == 0)
            return [];
        var keyValues = new KeyValue[count];
        for (var i = 0; i < count; i++)
            keyValues[i] = KeyValue(ref reader);
        return keyValues;
    }

    private static KeyValue KeyValue(ref SliceReader reader)
    {
        var key = reader.ReadSlice();
        var create = reader.ReadVarInt();
        var mod = reader.ReadVarInt();
        var version = reader.ReadVarInt();
        var value = reader.ReadSlice();
        return new KeyValue(key, create, mod, version, value, reader.ReadVarInt());
    }
}
