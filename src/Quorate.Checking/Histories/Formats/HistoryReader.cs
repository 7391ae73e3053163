namespace Quorate.Checking.Histories.Formats;

/// <summary>Reads a history of any of the formats.</summary>
/// <remarks>
/// Guarantee: any text gives a history or a <see cref="HistoryFormatException"/> that names line and column, within the bounds given.
/// Cost: linear in the text.
/// Fails when: the text is not of the format, or a bound is reached.
/// Source: Jepsen's histories as knossos, porcupine and elle-cli take them.
/// </remarks>
public static class HistoryReader
{
    /// <summary>Reads a history.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="format">Its format.</param>
    /// <param name="limits">Bounds; null for the default ones.</param>
    /// <exception cref="HistoryFormatException">The text is not such a history.</exception>
    public static History Read(string text, HistoryFormat format, HistoryLimits? limits = null) =>
        History.FromEvents(ReadEvents(text, format, limits));

    /// <summary>Reads the events of a history, with their times and errors. Whether they fit together, <see cref="History"/> tells.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="format">Its format.</param>
    /// <param name="limits">Bounds; null for the default ones.</param>
    /// <exception cref="HistoryFormatException">The text is not such a history.</exception>
    public static IReadOnlyList<HistoryEvent> ReadEvents(string text, HistoryFormat format, HistoryLimits? limits = null)
    {
        limits ??= HistoryLimits.Default;
        if (text.Length > limits.CharactersMax)
            throw new HistoryFormatException($"the text has {text.Length} characters, more than the bound of {limits.CharactersMax}");
        return format switch
        {
            HistoryFormat.JepsenLog => JepsenLogReader.Read(text, limits),
            HistoryFormat.Edn => EdnReader.Read(text, limits),
            HistoryFormat.Json => JsonHistoryReader.Read(text, limits),
            _ => throw new ArgumentOutOfRangeException(nameof(format)),
        };
    }

    /// <summary>Guesses the format from the file's name, and where that says nothing from its first characters.</summary>
    /// <param name="fileName">The name.</param>
    /// <param name="text">The text.</param>
    public static HistoryFormat Detect(string fileName, string text)
    {
        var extension = Path.GetExtension(fileName).ToLowerInvariant();
        return extension switch
        {
            ".edn" => HistoryFormat.Edn,
            ".json" or ".jsonl" or ".ndjson" => HistoryFormat.Json,
            ".log" => HistoryFormat.JepsenLog,
            _ => DetectContent(text),
        };
    }

    private static HistoryFormat DetectContent(string text)
    {
        var start = text.AsSpan().TrimStart();
        var open = start.TrimStart("[({").TrimStart();
        if (start.IsEmpty || open.Length == start.Length && start[0] is not (';' or '#'))
            return HistoryFormat.JepsenLog;
        open = open.TrimStart("[({").TrimStart();
        return !open.IsEmpty && open[0] == '"' ? HistoryFormat.Json : HistoryFormat.Edn;
    }
}
