using Quorate.Checking.Histories;
using Quorate.Checking.Pages;
using Quorate.Checking.Pages.Witnesses;

namespace Quorate.Testing.Checks;

/// <summary>Says whether a history is what it must be.</summary>
/// <remarks>
/// Guarantee asked of an implementation: the answer depends on the history alone, so bounds are on steps and memory, never on time; it may be
/// called from several threads at once. Cost: its own. Fails when: the history is not of its kind (<see cref="HistoryFormatException"/>).
/// </remarks>
public interface IHistoryCheck
{
    /// <summary>What the history must be, such as <c>linearizable (kv)</c>.</summary>
    string Name { get; }

    /// <summary>Checks a history.</summary>
    /// <param name="history">What the clients did and saw.</param>
    CheckOutcome Check(History history);
}

/// <summary>What a check found.</summary>
/// <param name="Violation">What is wrong, with a witness, for people; its first line names the kind. Null where nothing is.</param>
/// <param name="Undecided">Which bound kept it from deciding; null where it decided.</param>
public sealed record CheckOutcome(string? Violation, string? Undecided = null)
{
    /// <summary>Nothing is wrong.</summary>
    public static CheckOutcome Valid { get; } = new(null, null);

    /// <summary>Draws what shows the violation into a drawn history; null where the words are all there is.</summary>
    public Func<HistoryDrawing, PageWitness>? Draw { get; init; }
}
