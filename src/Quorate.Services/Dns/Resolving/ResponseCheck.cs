using Quorate.Services.Dns.Wire;

namespace Quorate.Services.Dns.Resolving;

/// <summary>Whether a response is one to a query, and what it says.</summary>
internal static class ResponseCheck
{
    private const int AliasesMax = 8;

    /// <summary>Whether a response answers a query: same number, same question, in the same case where that is asked for.</summary>
    /// <param name="query">The query.</param>
    /// <param name="response">The response.</param>
    /// <param name="isExact">Whether the case of letters must be the same.</param>
    public static bool IsFor(DnsMessage query, DnsMessage response, bool isExact)
    {
        if (!response.IsResponse || response.Id != query.Id || response.Opcode != query.Opcode)
            return false;
        var asked = query.Questions[0];
        // A server that could not read the query may leave the question out.
        if (response.Questions.Count == 0)
            return response.Code is ResponseCode.FormatError or ResponseCode.NotImplemented;
        return response.Questions is [var question] && question.Type == asked.Type && question.Class == asked.Class
            && (isExact ? question.Name.IsExactly(asked.Name) : question.Name.Equals(asked.Name));
    }

    /// <summary>The answer in a response: the records of the asked type under the asked name, or under what it stands for.</summary>
    /// <param name="question">The question.</param>
    /// <param name="response">The response.</param>
    public static DnsAnswer AnswerOf(DnsQuestion question, DnsMessage response)
    {
        var name = question.Name;
        for (var i = 0; i < AliasesMax; i++)
        {
            var found = response.Answers.Where(r => r.Type == question.Type && r.Name.Equals(name) && r.Class == question.Class).ToList();
            if (found.Count > 0)
                return new DnsAnswer(response.Code, found, response.Additionals, response.Edns?.IsStale ?? false);
            if (response.Answers.FirstOrDefault(r => r.Type == RecordType.CNAME && r.Name.Equals(name))?.Data is not NameData alias)
                break;
            name = alias.Name;
        }

        return new DnsAnswer(response.Code, [], [], response.Edns?.IsStale ?? false);
    }

    /// <summary>How long the answer of a response may be kept.</summary>
    /// <param name="response">The response.</param>
    /// <param name="answer">Its answer.</param>
    /// <param name="options">The bounds.</param>
    /// <remarks>Source: RFC 2308, section 5: without the zone's start, nothing is kept of what is not there.</remarks>
    public static TimeSpan TtlOf(DnsMessage response, DnsAnswer answer, DnsResolverOptions options)
    {
        if (answer.IsStale)
            return TimeSpan.Zero;
        if (answer.Records.Count > 0)
            return Least(response.Answers.Min(r => r.TtlSeconds), options.TtlMax);
        var start = response.Authorities.FirstOrDefault(r => r.Type == RecordType.SOA);
        return start?.Data is ZoneStartData data
            ? Least(Math.Min(start.TtlSeconds, data.NegativeTtlSeconds), options.NegativeTtlMax)
            : TimeSpan.Zero;
    }

    private static TimeSpan Least(uint seconds, TimeSpan max)
    {
        var ttl = TimeSpan.FromSeconds(seconds);
        return ttl < max ? ttl : max;
    }
}
