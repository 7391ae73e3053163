namespace Quorate.Checking.Histories;

/// <summary>A history does not have the form that it should have.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="line">The line, from 1; 0 when there is no file.</param>
/// <param name="column">The column in characters, from 1; 0 when only the line is known.</param>
public sealed class HistoryFormatException(string message, int line = 0, int column = 0) : FormatException(Place(line, column) + message)
{
    /// <summary>The line, from 1; 0 when there is no file.</summary>
    public int Line { get; } = line;

    /// <summary>The column in characters, from 1; 0 when only the line is known.</summary>
    public int Column { get; } = column;

    private static string Place(int line, int column) => line == 0 ? "" : column == 0 ? $"line {line}: " : $"line {line}, column {column}: ";
}
