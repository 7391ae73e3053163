using System.Text;

namespace Quorate.Simulation.Shrinking;

/// <summary>What a failure is at heart: its message without the numbers, names and values that differ from run to run.</summary>
public static class FailureKind
{
    private const int LengthMax = 60;
    private const string FailedAt = " failed at ";

    /// <summary>The kind of a failure.</summary>
    /// <param name="message">What was reported; its first line counts.</param>
    public static string Of(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var line = message.Split('\n', 2)[0];
        // A world's own report names seed, time and event first.
        if (line.StartsWith("Seed ", StringComparison.Ordinal) && line.Contains(FailedAt, StringComparison.Ordinal))
            line = line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..];
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
