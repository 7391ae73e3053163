using Quorate.Services.Dns.Wire;

namespace Quorate.Services.Dns.Resolving;

/// <summary>
/// Answers that were given, for as long as they may be kept; the one that was not used for longest goes when it is full. On the strand.
/// </summary>
/// <param name="clock">The clock.</param>
/// <param name="max">The most answers.</param>
/// <param name="staleMax">How long an answer may be looked up as a stale one after its time.</param>
internal sealed class AnswerCache(TimeProvider clock, int max, TimeSpan staleMax)
{
    private readonly Dictionary<(DomainName Name, RecordType Type), LinkedListNode<Entry>> entries = [];
    private readonly LinkedList<Entry> byUse = [];

    /// <summary>How many answers are kept.</summary>
    public int Count => entries.Count;

    /// <summary>Finds an answer within its time; null where there is none.</summary>
    /// <param name="name">The name that was asked about.</param>
    /// <param name="type">The type.</param>
    public DnsAnswer? Find(DomainName name, RecordType type) => Find(name, type, TimeSpan.Zero);

    /// <summary>Finds an answer that is over; null where there is none that may still be told.</summary>
    /// <param name="name">The name that was asked about.</param>
    /// <param name="type">The type.</param>
    public DnsAnswer? FindStale(DomainName name, RecordType type) =>
        Find(name, type, staleMax) is { } answer ? answer with { IsStale = true } : null;

    /// <summary>Keeps an answer, in the place of an earlier one.</summary>
    /// <param name="name">The name that was asked about.</param>
    /// <param name="type">The type.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="ttl">For how long.</param>
    public void Keep(DomainName name, RecordType type, DnsAnswer answer, TimeSpan ttl)
    {
        if (entries.Remove((name, type), out var old))
            byUse.Remove(old);
        // One that is over at once may still be wanted as a stale one.
        if (ttl + staleMax <= TimeSpan.Zero || max == 0)
            return;
        while (entries.Count >= max)
        {
            var last = byUse.Last!.Value;
            entries.Remove((last.Name, last.Type));
            byUse.RemoveLast();
        }

        entries.Add((name, type), byUse.AddFirst(new Entry(name, type, answer, ttl, clock.GetTimestamp())));
    }

    private DnsAnswer? Find(DomainName name, RecordType type, TimeSpan after)
    {
        if (!entries.TryGetValue((name, type), out var node) || clock.GetElapsedTime(node.Value.KeptAt) >= node.Value.Ttl + after)
            return null;
        byUse.Remove(node);
        byUse.AddFirst(node);
        return node.Value.Answer;
    }

    private sealed record Entry(DomainName Name, RecordType Type, DnsAnswer Answer, TimeSpan Ttl, long KeptAt);
}
