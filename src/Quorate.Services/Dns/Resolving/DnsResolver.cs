using Quorate.Kernel.Machines;
using Quorate.Kernel.Strands;
using Quorate.Services.Dns.Wire;
using Quorate.Services.Recipes.Timing;

namespace Quorate.Services.Dns.Resolving;

/// <summary>A stub resolver with a cache: it asks given servers, which know or ask others.</summary>
/// <remarks>
/// Guarantee: an answer is to this question, from a server that was asked, and not older than it says it may be, unless it is marked as stale.
/// The same question is asked once at a time, however many want to know.
/// Cost: one strand; a socket for each question under way; the answers that are kept, in memory.
/// Fails when: no server answers in time and no stale answer may be given: <see cref="DnsUnansweredException"/>.
/// Source: RFC 1034, section 5.3.1; RFC 1035, section 7; RFC 2308; RFC 5452 (random numbers and ports); RFC 8767.
/// </remarks>
public sealed class DnsResolver
{
    private readonly Strand strand;
    private readonly DnsResolverOptions options;
    private readonly ServerExchange exchange;
    private readonly AnswerCache cache;
    private readonly Dictionary<(DomainName Name, RecordType Type), Task<DnsAnswer>> underWay = [];
    private int first;

    /// <summary>Makes the resolver; it asks nobody before it is asked.</summary>
    /// <param name="machine">The machine; its connections must be plain.</param>
    /// <param name="options">The settings.</param>
    /// <exception cref="ArgumentException">A setting is out of its bounds.</exception>
    public DnsResolver(IMachine machine, DnsResolverOptions options)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        this.options = options;
        strand = machine.CreateStrand("resolver");
        exchange = new ServerExchange(machine, options);
        cache = new AnswerCache(machine.Clock, options.CacheMax, options.StaleMax);
    }

    /// <summary>Asks for the records of a name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="type">Their type.</param>
    /// <param name="cancellationToken">Gives up waiting; the question goes on for others.</param>
    /// <exception cref="DnsUnansweredException">No server gave an answer that could be used.</exception>
    public Task<DnsAnswer> QueryAsync(DomainName name, RecordType type, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        return strand.InvokeAsync(async () =>
        {
            if (cache.Find(name, type) is { } kept)
                return kept;
            if (!underWay.TryGetValue((name, type), out var asking))
            {
                if (underWay.Count >= options.UnderWayMax)
                    throw new DnsUnansweredException($"{underWay.Count} questions are under way, and no more are allowed.");
                underWay.Add((name, type), asking = AskAsync(new DnsQuestion(name, type)));
            }

            await Waiting.SharedAsync(asking, cancellationToken);
            return await asking;
        });
    }

    private async Task<DnsAnswer> AskAsync(DnsQuestion question)
    {
        // So that the question is among those under way before it can be over.
        await Task.Yield();
        try
        {
            return await AskServersAsync(question);
        }
        catch (DnsUnansweredException) when (cache.FindStale(question.Name, question.Type) is not null)
        {
            return cache.FindStale(question.Name, question.Type)!;
        }
        finally
        {
            underWay.Remove((question.Name, question.Type));
        }
    }

    private async Task<DnsAnswer> AskServersAsync(DnsQuestion question)
    {
        var said = new List<string>();
        DnsAnswer? stale = null;
        for (var i = 0; i < (stale is null ? options.Rounds : 1) * options.Servers.Count; i++)
        {
            var index = first;
            var server = options.Servers[index];
            var (answer, whyNot) = await AskOneAsync(server, question);
            // Another server may know better than one that says of itself that it does not.
            if (answer is { IsStale: false })
                return answer;
            stale ??= answer;
            said.Add($"{server}: {whyNot}");
            // The next question, too, begins with another server; unless somebody has found one already.
            if (first == index)
                first = (index + 1) % options.Servers.Count;
        }

        return stale ?? throw new DnsUnansweredException($"Nobody says where {question.Name} is ({question.Type}): {string.Join("; ", said)}.");
    }

    private async Task<(DnsAnswer? Answer, string WhyNot)> AskOneAsync(NetworkAddress server, DnsQuestion question)
    {
        try
        {
            var response = await exchange.AskAsync(server, question, CancellationToken.None);
            if (response is null)
                return (null, "no answer in time");
            if (response.Code is not (ResponseCode.NoError or ResponseCode.NameError))
                return (null, response.Code.ToString());
            var answer = ResponseCheck.AnswerOf(question, response);
            cache.Keep(question.Name, question.Type, answer, ResponseCheck.TtlOf(response, answer, options));
            return (answer, "");
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            return (null, e.Message);
        }
    }
}
