using Quorate.Kernel.Encoding;

namespace Quorate.Services.Coordination.Commands;

/// <summary>Reads what <see cref="CommandWriter"/> wrote. Byte strings are slices of the command.</summary>
internal static class CommandReader
{
    /// <summary>The deepest nesting of transactions that is read. Validated requests stay below it, for each level counts as an operation.</summary>
    public const int DepthMax = 256;

    /// <summary>Reads a put.</summary>
    /// <param name="reader">Where from.</param>
    public static PutRequest Put(ref SliceReader reader)
    {
        var flags = reader.ReadBelow(8, "set of put flags");
        var lease = reader.ReadVarInt();
        var key = Key(ref reader);
        var value = reader.ReadSlice();
        return new PutRequest(key, value, lease, (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0);
    }

    /// <summary>Reads a deletion.</summary>
    /// <param name="reader">Where from.</param>
    public static DeleteRangeRequest DeleteRange(ref SliceReader reader)
    {
        var previous = reader.ReadBool();
        var key = Key(ref reader);
        return new DeleteRangeRequest(key, reader.ReadSlice(), previous);
    }

    /// <summary>Reads whether an alarm is raised or disarmed, and which.</summary>
    /// <param name="reader">Where from.</param>
    public static (bool IsRaised, Alarm Alarm) Alarm(ref SliceReader reader)
    {
        var isRaised = reader.ReadBool();
        var kind = (AlarmKind)reader.ReadBelow(AlarmKinds.Count, "alarm");
        return (isRaised, new Alarm((ulong)reader.ReadVarInt(), kind));
    }

    /// <summary>Reads a transaction.</summary>
    /// <param name="reader">Where from.</param>
    /// <param name="depth">How deep it is nested.</param>
    public static TxnRequest Txn(ref SliceReader reader, int depth = 0)
    {
        if (depth == DepthMax)
            throw new MalformedInputException($"transactions are nested deeper than {DepthMax}");
        var compares = new Compare[reader.ReadCount(6)];
        for (var i = 0; i < compares.Length; i++)
            compares[i] = Compare(ref reader);
        var success = Operations(ref reader, depth);
        return new TxnRequest(compares, success, Operations(ref reader, depth));
    }

    private static ReadOnlyMemory<byte> Key(ref SliceReader reader)
    {
        var key = reader.ReadSlice();
        return key.IsEmpty ? throw new MalformedInputException("a key is empty") : key;
    }

    private static RangeRequest Range(ref SliceReader reader)
    {
        var flags = reader.ReadBelow(8, "set of range flags");
        var order = (SortOrder)reader.ReadBelow((int)SortOrder.Descend + 1, "sort order");
        var target = (KeyField)reader.ReadBelow((int)KeyField.Value + 1, "sort target");
        var key = reader.ReadSlice();
        var end = reader.ReadSlice();
        var limit = reader.ReadVarInt();
        var revision = reader.ReadVarInt();
        var minMod = reader.ReadVarInt();
        var maxMod = reader.ReadVarInt();
        var minCreate = reader.ReadVarInt();
        var maxCreate = reader.ReadVarInt();
        return new RangeRequest(
            key, end, limit, revision, order, target, (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0, minMod, maxMod, minCreate, maxCreate);
    }

    private static Compare Compare(ref SliceReader reader)
    {
        var result = (CompareResult)reader.ReadBelow((int)CompareResult.NotEqual + 1, "comparison");
        var target = (KeyField)reader.ReadBelow((int)KeyField.Lease + 1, "field to compare");
        if (target == KeyField.Key)
            throw new MalformedInputException("a key is not compared");
        var key = reader.ReadSlice();
        var end = reader.ReadSlice();
        var number = reader.ReadVarInt();
        return new Compare(result, target, key, end, number, reader.ReadSlice());
    }

    private static Operation[] Operations(ref SliceReader reader, int depth)
    {
        var operations = new Operation[reader.ReadCount(4)];
        for (var i = 0; i < operations.Length; i++)
        {
            operations[i] = (OperationKind)reader.ReadBelow(OperationKinds.Count, "operation") switch
            {
                OperationKind.Range => Range(ref reader),
                OperationKind.Put => Put(ref reader),
                OperationKind.DeleteRange => DeleteRange(ref reader),
                _ => Txn(ref reader, depth + 1),
            };
        }

        return operations;
    }
}
