using Quorate.Checking.Linearizability;

namespace Quorate.Checking.Models;

/// <summary>The models by name.</summary>
public static class HistoryModels
{
    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "register", "cas-register", "kv", "mutex", "linearizable-set", "linearizable-queue", "linearizable-stack", "linearizable-counter",
        "linearizable-lock", "linearizable-lease",
    ];

    /// <summary>The model of a name, or null when there is none.</summary>
    /// <param name="name">The name.</param>
    public static IHistoryModel? Named(string name) => name switch
    {
        "register" => new RegisterModel(compareAndSet: false),
        "cas-register" => new RegisterModel(compareAndSet: true),
        "kv" => new KeyValueModel(),
        "mutex" => new MutexModel(),
        "linearizable-set" => new SetModel(),
        "linearizable-queue" => new CollectionModel(CollectionOrder.FirstInFirstOut),
        "linearizable-stack" => new CollectionModel(CollectionOrder.LastInFirstOut),
        "linearizable-counter" => new CounterModel(),
        "linearizable-lock" => new FencedLockModel(),
        "linearizable-lease" => new FencedLockModel(leases: true),
        _ => null,
    };
}
