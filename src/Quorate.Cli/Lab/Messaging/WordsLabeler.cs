using System.Text;
using Quorate.Simulation.Tracing;

namespace Quorate.Cli.Lab.Messaging;

/// <summary>A courier's messages are words already.</summary>
/// <param name="routine">How a message begins that says nothing new; null where all do.</param>
internal sealed class WordsLabeler(string? routine = null) : IMessageLabeler
{
    private const int LabelMax = 28;

    public MessageLabel? Label(ReadOnlySpan<byte> bytes)
    {
        var words = Courier.WordsOf(Encoding.UTF8.GetString(bytes));
        return new MessageLabel(
            words.Length <= LabelMax ? words : $"{words[..(LabelMax - 1)]}…",
            words,
            routine is not null && words.StartsWith(routine, StringComparison.Ordinal));
    }

    /// <summary>What records a world of couriers, where it is filmed.</summary>
    public static RecordOptions? Record(bool isFilmed, string? routine = null) =>
        isFilmed ? new RecordOptions { Datagrams = new WordsLabeler(routine) } : null;
}
