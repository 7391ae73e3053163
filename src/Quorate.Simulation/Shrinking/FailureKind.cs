using System.Globalization;
using System.Text;

namespace Quorate.Simulation.Shrinking;

/// <summary>What a failure is at heart: its message without the numbers, names and values that differ from run to run.</summary>
public static class FailureKind
{
    private const int LengthMax = 60;
    private const string FailedAt = " failed at ";

    // Which of a world's invariants breaks first is chance: a leader that should not be breaks one, what it commits another.
    private const string Invariant = "an invariant of the world is broken";

    /// <summary>When a failure ended the run, for one that did; null where the run went on and a look at its end found it.</summary>
    /// <param name="message">What was reported.</param>
    public static TimeSpan? MomentOf(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var at = message.IndexOf(FailedAt, StringComparison.Ordinal);
        if (!message.StartsWith("Seed ", StringComparison.Ordinal) || at < 0)
            return null;
        var time = message[(at + FailedAt.Length)..].Split(',', 2)[0];
        return TimeSpan.TryParseExact(time, "c", CultureInfo.InvariantCulture, out var moment) ? moment : null;
    }

    /// <summary>The kind of a failure.</summary>
    /// <param name="message">What was reported; its first line counts.</param>
    public static string Of(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var line = message.Split('\n', 2)[0];
        // A world's own report names seed, time and event first.
        if (line.StartsWith("Seed ", StringComparison.Ordinal) && line.Contains(FailedAt, StringComparison.Ordinal))
            line = line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..];
        if (line.StartsWith(Invariant, StringComparison.Ordinal))
            return Invariant;
        var kind = new StringBuilder();
        var quote = '\0';
        var depth = 0;
        foreach (var c in line)
        {
            if (quote != '\0')
                quote = c == quote ? '\0' : quote;
            else if (c is '\'' or '"')
                quote = c;
            else if (c is '(' or '[' or '{')
                depth++;
            else if (c is ')' or ']' or '}')
                depth = Math.Max(depth - 1, 0);
            else if (depth == 0 && !char.IsAsciiDigit(c))
                kind.Append(c);
            if (kind.Length == LengthMax)
                break;
        }
        return kind.ToString().Trim();
    }
}
