using Quorate.Kernel.Encoding;

namespace Quorate.Services.Coordination.Commands;

/// <summary>Writes the replies of commands: a zero byte and the result, or an error's number and a text.</summary>
internal static class ReplyWriter
{
    /// <summary>Says that it went well, with numbers.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="revision">The store's revision.</param>
    public static void Done(ByteWriter writer, long revision)
    {
        writer.WriteByte(0);
        writer.WriteVarInt(revision);
    }

    /// <summary>Says that it failed.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="error">Why.</param>
    /// <param name="text">What a person may want to know; empty where the error says it all.</param>
    public static void Failed(ByteWriter writer, CoordinationError error, string text = "")
    {
        writer.Clear();
        writer.WriteByte((byte)(1 + (int)error));
        writer.WriteString(text);
    }

    /// <summary>Writes the result of one operation.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="response">The result.</param>
    public static void Operation(ByteWriter writer, OperationResponse response)
    {
        switch (response)
        {
            case RangeResponse range:
                writer.WriteByte((byte)OperationKind.Range);
                writer.WriteVarInt(range.Header.Revision);
                KeyValues(writer, range.KeyValues);
                writer.WriteBool(range.More);
                writer.WriteVarInt(range.Count);
                break;
            case PutResponse put:
                writer.WriteByte((byte)OperationKind.Put);
                writer.WriteVarInt(put.Header.Revision);
                writer.WriteBool(put.PreviousKeyValue is not null);
                if (put.PreviousKeyValue is { } previous)
                    KeyValue(writer, previous);
                break;
            case DeleteRangeResponse delete:
                writer.WriteByte((byte)OperationKind.DeleteRange);
                writer.WriteVarInt(delete.Header.Revision);
                writer.WriteVarInt(delete.Deleted);
                KeyValues(writer, delete.PreviousKeyValues);
                break;
            case TxnResponse txn:
                writer.WriteByte((byte)OperationKind.Txn);
                writer.WriteVarInt(txn.Header.Revision);
                writer.WriteBool(txn.Succeeded);
                writer.WriteVarUInt((ulong)txn.Responses.Count);
                foreach (var inner in txn.Responses)
                    Operation(writer, inner);
                break;
        }
    }

    private static void KeyValues(ByteWriter writer, IReadOnlyList<KeyValue> keyValues)
    {
        writer.WriteVarUInt((ulong)keyValues.Count);
        foreach (var keyValue in keyValues)
            KeyValue(writer, keyValue);
    }

    private static void KeyValue(ByteWriter writer, KeyValue keyValue)
    {
        writer.WriteBytes(keyValue.Key.Span);
        writer.WriteVarInt(keyValue.CreateRevision);
        writer.WriteVarInt(keyValue.ModRevision);
        writer.WriteVarInt(keyValue.Version);
        writer.WriteBytes(keyValue.Value.Span);
        writer.WriteVarInt(keyValue.Lease);
    }
}
