using Quorate.Simulation.Schedules;

namespace Quorate.Simulation.Operations;

/// <summary>The operations that the clients of a world began, or are to begin.</summary>
internal sealed class OperationLog(IReadOnlyList<OperationStart>? replay)
{
    private readonly List<OperationStart> begun = [];
    private readonly ILookup<string, OperationStart>? kept = replay?.ToLookup(o => o.Client, StringComparer.Ordinal);

    /// <summary>What was begun, in that order.</summary>
    public IReadOnlyList<OperationStart> Begun => begun;

    public void Add(OperationStart operation) => begun.Add(operation);

    /// <summary>One more that nobody waits a turn for, which begins at this time.</summary>
    public void AddNext(string client, TimeSpan at) => Add(new OperationStart(client, begun.Count(o => o.Client == client), at));

    /// <summary>The operations that are to be made under names that begin so.</summary>
    public IReadOnlyList<OperationStart> KeptWith(string prefix) => kept is null ? []
        : [.. kept.Where(o => o.Key.StartsWith(prefix, StringComparison.Ordinal)).SelectMany(o => o).OrderBy(o => o.At)];

    /// <summary>The operations that a client is to make, by ordinal; null where it does as the seed says.</summary>
    public Queue<OperationStart>? KeptOf(string client) =>
        kept is null ? null : new Queue<OperationStart>(kept[client].OrderBy(o => o.Ordinal));
}
