using Quorate.Checking.Histories;

namespace Quorate.Checking.Models;

/// <summary>The operations that may have happened, by the key that they name.</summary>
internal static class OperationsByKey
{
    public static IEnumerable<(string Name, IReadOnlyList<HistoryOperation> Operations)> Of(History history) =>
        Of(history.Operations.Where(o => o.Outcome != HistoryOutcome.Fail), o => o.Key);

    public static IEnumerable<(string Name, IReadOnlyList<HistoryOperation> Operations)> Of(
        IEnumerable<HistoryOperation> operations, Func<HistoryOperation, HistoryValue?> keyOf)
    {
        var places = new Dictionary<HistoryValue, int>();
        var parts = new List<(string Name, IReadOnlyList<HistoryOperation> Operations)>();
        foreach (var operation in operations)
        {
            var key = keyOf(operation);
            if (!places.TryGetValue(key ?? HistoryValue.Nil, out var place))
            {
                places.Add(key ?? HistoryValue.Nil, place = parts.Count);
                parts.Add((key?.ToString() ?? "", new List<HistoryOperation>()));
            }
            ((List<HistoryOperation>)parts[place].Operations).Add(operation);
        }
        return parts;
    }
}
