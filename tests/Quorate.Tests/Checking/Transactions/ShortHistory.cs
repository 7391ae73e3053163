using Quorate.Checking.Histories;

namespace Quorate.Tests.Checking.Transactions;

/// <summary>
/// Histories in short hand. A transaction is a process, an outcome mark (none for ok, ! for failed, ? for unknown) and steps: <c>ax1</c>
/// appends 1 to x, <c>rx12</c> reads [1 2] of the list x, <c>wx1</c> writes 1 to x, <c>gx1</c> reads 1 of the register x, <c>gx</c> reads
/// nil. Transactions parted by <c>;</c> are concurrent; those after <c>|</c> begin when all before it have ended.
/// </summary>
internal static class ShortHistory
{
    public static History Of(string text)
    {
        var events = new List<HistoryEvent>();
        foreach (var group in text.Split('|'))
        {
            var transactions = group.Split(';').Select(t => t.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToArray();
            foreach (var words in transactions)
                events.Add(Event(words, HistoryEventType.Invoke));
            foreach (var words in transactions)
                events.Add(Event(words, words[0][^1] switch
                {
                    '!' => HistoryEventType.Fail,
                    '?' => HistoryEventType.Unknown,
                    _ => HistoryEventType.Ok,
                }));
        }
        return History.FromEvents(events);
    }

    private static HistoryEvent Event(string[] words, HistoryEventType type) => new(
        type,
        long.Parse(words[0].TrimEnd('!', '?')),
        "txn",
        null,
        HistoryValue.List(words[1..].Select(w => Step(w, type == HistoryEventType.Ok)).ToArray()));

    private static HistoryValue Step(string word, bool known)
    {
        var key = HistoryValue.Of(word[1].ToString());
        var number = word.Length > 2 ? HistoryValue.Of(long.Parse(word[2..])) : HistoryValue.Nil;
        return word[0] switch
        {
            'a' => Step("append", key, number),
            'w' => Step("w", key, number),
            'g' => Step("r", key, known ? number : HistoryValue.Nil),
            'r' => Step("r", key, known ? List(word[2..]) : HistoryValue.Nil),
            _ => throw new FormatException(word),
        };
    }

    private static HistoryValue List(string digits) => HistoryValue.List(digits.Select(d => HistoryValue.Of(d - '0')).ToArray());

    private static HistoryValue Step(string name, HistoryValue key, HistoryValue value) =>
        HistoryValue.List(HistoryValue.Keyword(name), key, value);
}
