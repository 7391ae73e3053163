using Quorate.Checking.Findings;
using Quorate.Checking.Invariants;
using Quorate.Checking.Sessions;

namespace Quorate.Checking.Catalog;

/// <summary>The checks of one kind of data by name.</summary>
public static class HistoryChecks
{
    /// <summary>Each of them, with its default options.</summary>
    public static IReadOnlyList<IHistoryCheck> All { get; } =
    [
        new BankCheck(),
        new LongForkCheck(),
        new SetCheck(),
        new SetFullCheck(),
        new SetFullCheck(linearizable: true),
        new CounterCheck(),
        new UniqueIdsCheck(),
        new QueueCheck(),
        new QueueCheck(fifo: true),
        new LogCheck(),
        new FencedLockCheck(),
        new ConvergenceCheck(),
        .. SessionCheck.All,
        new SequentialCheck(),
    ];

    /// <summary>The check of a name, or null when there is none.</summary>
    /// <param name="name">The name.</param>
    public static IHistoryCheck? Named(string name) => All.FirstOrDefault(c => c.Name == name);
}
