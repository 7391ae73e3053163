using Quorate.Checking.Linearizability;

namespace Quorate.Checking.Models;

/// <summary>The models by name.</summary>
public static class HistoryModels
{
    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = ["register", "cas-register", "kv", "mutex"];

    /// <summary>The model of a name, or null when there is none.</summary>
    /// <param name="name">The name.</param>
    public static IHistoryModel? Named(string name) => name switch
    {
        "register" => new RegisterModel(compareAndSet: false),
        "cas-register" => new RegisterModel(compareAndSet: true),
        "kv" => new KeyValueModel(),
        "mutex" => new MutexModel(),
        _ => null,
    };
}
