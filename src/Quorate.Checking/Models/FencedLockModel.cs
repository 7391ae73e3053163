using Quorate.Checking.Histories;
using Quorate.Checking.Linearizability;
using Quorate.Checking.SpecialCases;

namespace Quorate.Checking.Models;

/// <summary>
/// A lock with fencing tokens: <c>acquire</c> gives a token (a number, or a map with <c>token</c>) higher than all before, <c>release</c> of a
/// token, or of what its process acquired last, gives the lock up. With a key there is one for each.
/// </summary>
/// <remarks>
/// Guarantee: as <see cref="IHistoryModel"/>. With leases a holder may also lose the lock by itself; a release that succeeded shows that it had
/// not.
/// Cost: sorts the operations; the search decides where a lock was released whose acquisition has no known token.
/// Fails when: an operation is neither, or an acquisition that succeeded gave no token.
/// Source: Kleppmann, How to do distributed locking, 2016; Burrows, Chubby, 2006, section 2.4 (sequencers); Gray and Cheriton, Leases, 1989.
/// </remarks>
/// <param name="leases">Whether a holder may lose the lock by itself.</param>
public sealed class FencedLockModel(bool leases = false) : IHistoryModel
{
    /// <inheritdoc/>
    public string Name => leases ? "linearizable-lease" : "linearizable-lock";

    /// <inheritdoc/>
    public IReadOnlyList<HistoryPartition> Partition(History history)
    {
        foreach (var operation in history.Operations)
            if (operation.Function is not ("acquire" or "release"))
                throw OperationFields.Unknown(operation, Name);
        return OperationsByKey.Of(history).Select(ToPartition).ToArray();
    }

    private HistoryPartition ToPartition((string Name, IReadOnlyList<HistoryOperation> Operations) part)
    {
        var tokens = new long?[part.Operations.Count];
        var acquired = new int[tokens.Length];
        var byToken = new Dictionary<long, int>();
        var ofProcess = new Dictionary<long, int>();
        for (var i = 0; i < tokens.Length; i++)
        {
            if (part.Operations[i].Function != "acquire" || part.Operations[i].Outcome != HistoryOutcome.Ok)
                continue;
            tokens[i] = TokenOf(part.Operations[i].Output)
                ?? throw new HistoryFormatException($"'acquire' gave no token but {part.Operations[i].Output}", part.Operations[i].CompletedLine);
            byToken.TryAdd(tokens[i]!.Value, i);
        }
        for (var i = 0; i < tokens.Length; i++)
        {
            var operation = part.Operations[i];
            if (operation.Function == "acquire")
                (acquired[i], ofProcess[operation.Process]) = (FencedLock.IsAcquisition, i);
            else
                acquired[i] = TokenOf(operation.Input) is { } token
                    ? byToken.GetValueOrDefault(token, -1)
                    : ofProcess.GetValueOrDefault(operation.Process, -1);
        }
        return new HistoryPartition(part.Name, part.Operations, new FencedLockSpecification(tokens, acquired, leases))
        {
            Special = new FencedLock(part.Operations, tokens, acquired, leases),
        };
    }

    private static long? TokenOf(HistoryValue value) => (value.Field("token") ?? value).AsInteger();
}
