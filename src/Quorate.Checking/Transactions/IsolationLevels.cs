namespace Quorate.Checking.Transactions;

/// <summary>The levels by name.</summary>
public static class IsolationLevels
{
    /// <summary>Every level, in the order of the enumeration.</summary>
    public static IReadOnlyList<IsolationLevel> All { get; } = Enum.GetValues<IsolationLevel>();

    /// <summary>The name of a level, as the command line takes it: <c>snapshot-isolation</c>.</summary>
    /// <param name="level">The level.</param>
    public static string NameOf(IsolationLevel level) => string.Concat(
        level.ToString().Select((c, i) => char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));

    /// <summary>The level of a name, or null when there is none.</summary>
    /// <param name="name">The name.</param>
    public static IsolationLevel? Named(string name)
    {
        foreach (var level in All)
            if (NameOf(level) == name)
                return level;
        return null;
    }
}
