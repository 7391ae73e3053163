using Quorate.Checking.Histories;
using Quorate.Checking.Linearizability;

namespace Quorate.Checking.Models;

/// <summary>
/// Keys that begin missing (nil): <c>get</c> (or <c>read</c>), <c>put</c> (<c>write</c>), <c>append</c>, <c>delete</c>, <c>cas</c> with
/// <c>[expected new]</c>, and <c>txn</c> with a list of steps <c>[get key value]</c>, <c>[check key value]</c>, <c>[put key value]</c>,
/// <c>[delete key]</c> that happen together. The key is in <c>key</c>, or comes first in the value.
/// </summary>
/// <remarks>
/// Guarantee: as <see cref="IHistoryModel"/>. A <c>cas</c> that ended ok with <c>false</c> saw another value. In a history with appends
/// where no read gave nil and nothing was deleted, a missing key reads as the empty text.
/// Cost: linear; keys that a transaction ties together are one object, and its search is harder.
/// Fails when: an operation is none of these, or has no key.
/// Source: porcupine's kv model; etcd's transactions.
/// </remarks>
public sealed class KeyValueModel : IHistoryModel
{
    /// <inheritdoc/>
    public string Name => "kv";

    /// <inheritdoc/>
    public IReadOnlyList<HistoryPartition> Partition(History history)
    {
        var values = new ValueTable();
        var compiler = new KeyValueCompiler(Name, values);
        var keys = new KeyGroups();
        var compiled = new List<(HistoryOperation Operation, KeyedAction[] Steps)>();
        foreach (var operation in history.Operations)
        {
            var steps = compiler.Compile(operation);
            if (operation.Outcome == HistoryOutcome.Fail
                || operation.Outcome == HistoryOutcome.Unknown && steps.All(s => s.Action.IsObserver))
                continue;
            keys.Join(steps);
            compiled.Add((operation, steps));
        }
        values.EmptyIsMissing = compiler.MissingReadsEmpty;
        return compiled
            .GroupBy(c => c.Steps.Length == 0 ? -1 : keys.GroupOf(c.Steps[0].Key))
            .Select(group => ToPartition(group.ToArray(), compiler, values))
            .ToArray();
    }

    private static HistoryPartition ToPartition(
        (HistoryOperation Operation, KeyedAction[] Steps)[] group, KeyValueCompiler compiler, ValueTable values)
    {
        var operations = group.Select(g => g.Operation).ToArray();
        var keys = group.SelectMany(g => g.Steps).Select(s => s.Key).Distinct().Order().ToArray();
        var name = string.Join(", ", keys.Select(compiler.NameOf));
        if (group.All(g => g.Steps.Length == 1) && keys.Length == 1)
        {
            var actions = group.Select(g => g.Steps[0].Action).ToArray();
            return new HistoryPartition(name, operations, new ObjectSpecification(actions, values))
            {
                Special = values.EmptyIsMissing ? null : PlainReadsAndWrites.Of(operations, actions),
            };
        }
        return new HistoryPartition(
            name, operations, new TransactionSpecification(group.Select(g => g.Steps).ToArray(), keys, compiler.NameOf, values));
    }
}
