using Quorate.Kernel.Machines;
using Quorate.Services.Dns.Resolving;
using Quorate.Services.Dns.Wire;
using Quorate.Tests.Services.Dns.Serving;

namespace Quorate.Tests.Services.Dns.Resolving;

public sealed class DnsResolverTests : IDisposable
{
    private static readonly DomainName A = DomainName.Parse("a.zone.test");
    private static readonly DomainName Missing = DomainName.Parse("missing.zone.test");
    private readonly DnsWorld world = new();
    private readonly FixedZone zone = new();
    private readonly FixedZone other = new();

    public DnsResolverTests()
    {
        zone.Add("a.zone.test", "10.0.0.1");
        other.Add("a.zone.test", "10.0.0.2");
    }

    public void Dispose() => world.Dispose();

    [Fact]
    public void An_answer_is_kept_for_its_time_and_not_longer() => Run(async (machine, resolver) =>
    {
        for (var i = 0; i < 5; i++)
            Assert.Single((await resolver.QueryAsync(A, RecordType.A)).Records);
        Assert.Equal(1, zone.Asked);
        await Task.Delay(TimeSpan.FromSeconds(4.5), machine.Clock);
        await resolver.QueryAsync(DomainName.Parse("A.ZONE.test"), RecordType.A);
        Assert.Equal(1, zone.Asked);
        await Task.Delay(TimeSpan.FromSeconds(0.6), machine.Clock);
        await resolver.QueryAsync(A, RecordType.A);
        Assert.Equal(2, zone.Asked);
    });

    [Fact]
    public void That_something_is_not_there_is_kept_for_the_time_of_the_zone_RFC_2308() => Run(async (machine, resolver) =>
    {
        Assert.Equal(ResponseCode.NameError, (await resolver.QueryAsync(Missing, RecordType.A)).Code);
        Assert.True(await resolver.QueryAsync(A, RecordType.AAAA) is { Code: ResponseCode.NoError, Records.Count: 0 });
        zone.Add("missing.zone.test", "10.0.0.9");
        await Task.Delay(TimeSpan.FromSeconds(2.9), machine.Clock);
        Assert.Equal(ResponseCode.NameError, (await resolver.QueryAsync(Missing, RecordType.A)).Code);
        Assert.Equal(2, zone.Asked);
        await Task.Delay(TimeSpan.FromSeconds(0.2), machine.Clock);
        Assert.Single((await resolver.QueryAsync(Missing, RecordType.A)).Records);
    });

    [Fact]
    public void Who_asks_the_same_at_the_same_time_shares_one_question() => Run(async (_, resolver) =>
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => resolver.QueryAsync(A, RecordType.A)));
        Assert.All(answers, a => Assert.Single(a.Records));
        Assert.Equal(1, zone.Asked);
        using var gone = new CancellationTokenSource();
        var given = resolver.QueryAsync(Missing, RecordType.A, gone.Token);
        var stays = resolver.QueryAsync(Missing, RecordType.A);
        gone.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        Assert.Equal(ResponseCode.NameError, (await stays).Code);
    });

    [Fact]
    public void What_is_cut_is_asked_for_again_over_a_connection()
    {
        for (var i = 0; i < 200; i++)
            zone.Add("many.zone.test", $"10.0.1.{i}");
        Run(async (_, resolver) => Assert.Equal(200, (await resolver.QueryAsync(DomainName.Parse("many.zone.test"), RecordType.A)).Records.Count));
    }

    [Fact]
    public void A_server_that_does_not_answer_is_passed_over_and_stays_so() => Run(async (machine, resolver) =>
    {
        world.World.Network.Isolate("ns1");
        var began = machine.Clock.GetTimestamp();
        Assert.Equal("10.0.0.2", Address(await resolver.QueryAsync(A, RecordType.A)));
        Assert.InRange(machine.Clock.GetElapsedTime(began).TotalMilliseconds, 500, 600);
        began = machine.Clock.GetTimestamp();
        await resolver.QueryAsync(Missing, RecordType.A);
        Assert.InRange(machine.Clock.GetElapsedTime(began).TotalMilliseconds, 0, 100);
        Assert.Equal(2, other.Asked);
    });

    [Fact]
    public void A_server_that_is_lost_or_stale_is_passed_over_for_one_that_knows() => Run(async (_, resolver) =>
    {
        zone.IsLost = true;
        Assert.Equal("10.0.0.2", Address(await resolver.QueryAsync(A, RecordType.A)));
        (zone.IsLost, zone.IsStale, other.IsLost) = (false, true, true);
        Assert.True(await resolver.QueryAsync(Missing, RecordType.A) is { IsStale: true, Code: ResponseCode.NameError });
        other.IsLost = false;
        Assert.True(await resolver.QueryAsync(Missing, RecordType.A) is { IsStale: false });
    });

    [Fact]
    public void When_nobody_answers_an_old_answer_is_given_where_that_is_allowed_RFC_8767()
    {
        Run(OldAsync(allowed: true), o => o with { StaleMax = TimeSpan.FromMinutes(1) });
        world.World.Network.Heal();
        Run(OldAsync(allowed: false));

        Func<IMachine, DnsResolver, Task> OldAsync(bool allowed) => async (machine, resolver) =>
        {
            Assert.False((await resolver.QueryAsync(A, RecordType.A)).IsStale);
            world.World.Network.Isolate("ns1");
            world.World.Network.Isolate("ns2");
            await Task.Delay(TimeSpan.FromSeconds(6), machine.Clock);
            if (allowed)
                Assert.True(await resolver.QueryAsync(A, RecordType.A) is { IsStale: true, Records.Count: 1 });
            await Task.Delay(TimeSpan.FromMinutes(1), machine.Clock);
            var unanswered = await Assert.ThrowsAsync<DnsUnansweredException>(() => resolver.QueryAsync(A, RecordType.A));
            Assert.Contains("ns1:53: no answer in time", unanswered.Message, StringComparison.Ordinal);
        };
    }

    [Fact]
    public void Forged_answers_are_not_taken() => world.Run(async machine =>
    {
        // A server whose first answers are each wrong in one way.
        await using var socket = await machine.Network.BindAsync(new NetworkAddress(machine.Name, DnsWorld.Port));
        await using var stranger = await machine.Network.BindAsync(new NetworkAddress(machine.Name, 0));
        _ = ServeAsync();
        var resolver = new DnsResolver(machine, new DnsResolverOptions { Servers = [socket.Local], Rounds = 1 });
        Assert.Equal("10.0.0.1", Address(await resolver.QueryAsync(A, RecordType.A)));

        async Task ServeAsync()
        {
            var datagram = await socket.ReceiveAsync();
            var query = MessageReader.Read(datagram.Payload.Span);
            var right = new DnsMessage { Id = query.Id, IsResponse = true, Questions = query.Questions, Answers = zone.Records };
            var forged = right with { Answers = other.Records };
            var lower = DomainName.Parse(query.Questions[0].Name.ToString().ToLowerInvariant());
            stranger.Send(datagram.From, Bytes(forged));
            socket.Send(datagram.From, Bytes(forged with { Id = (ushort)(query.Id + 1) }));
            socket.Send(datagram.From, Bytes(forged with { IsResponse = false }));
            socket.Send(datagram.From, Bytes(forged with { Questions = [] }));
            socket.Send(datagram.From, Bytes(forged with { Questions = [query.Questions[0] with { Type = RecordType.TXT }] }));
            if (!lower.IsExactly(query.Questions[0].Name))
                socket.Send(datagram.From, Bytes(forged with { Questions = [query.Questions[0] with { Name = lower }] }));
            socket.Send(datagram.From, [1, 2, 3]);
            // The order of datagrams is not kept.
            await Task.Delay(TimeSpan.FromMilliseconds(100), machine.Clock);
            socket.Send(datagram.From, Bytes(right));
        }
    });

    [Fact]
    public void Aliases_are_followed_within_an_answer_and_not_for_ever()
    {
        var (b, c) = (DomainName.Parse("b.zone.test"), DomainName.Parse("c.zone.test"));
        var alias = new DnsRecord(b, RecordType.CNAME, 1, new NameData(A));
        Assert.Single(ResponseCheck.AnswerOf(new DnsQuestion(b, RecordType.A), new DnsMessage { Answers = [alias, zone.Records[0]] }).Records);
        Assert.Empty(ResponseCheck.AnswerOf(new DnsQuestion(c, RecordType.A), new DnsMessage { Answers = [alias, zone.Records[0]] }).Records);
        DnsRecord[] loop = [alias, new DnsRecord(A, RecordType.CNAME, 1, new NameData(b))];
        Assert.Empty(ResponseCheck.AnswerOf(new DnsQuestion(b, RecordType.A), new DnsMessage { Answers = loop }).Records);
    }

    [Fact]
    public void The_cache_is_bounded_and_forgets_what_was_not_used_for_longest() => world.Run(machine =>
    {
        var cache = new AnswerCache(machine.Clock, 3, TimeSpan.Zero);
        var answer = new DnsAnswer(ResponseCode.NoError, [], []);
        for (var i = 0; i < 3; i++)
            cache.Keep(A.Below($"n{i}"), RecordType.A, answer, TimeSpan.FromMinutes(1));
        Assert.NotNull(cache.Find(A.Below("n0"), RecordType.A));
        cache.Keep(A.Below("n3"), RecordType.A, answer, TimeSpan.FromMinutes(1));
        Assert.Equal(3, cache.Count);
        Assert.Null(cache.Find(A.Below("n1"), RecordType.A));
        Assert.NotNull(cache.Find(A.Below("N0"), RecordType.A));
        cache.Keep(A.Below("n0"), RecordType.A, answer, TimeSpan.Zero);
        Assert.Null(cache.Find(A.Below("n0"), RecordType.A));
        Assert.Equal(2, cache.Count);
        return Task.CompletedTask;
    });

    [Fact]
    public void Too_many_questions_at_once_are_refused() => Run(
        async (_, resolver) =>
        {
            var first = Enumerable.Range(0, 2).Select(i => resolver.QueryAsync(A.Below($"n{i}"), RecordType.A)).ToList();
            await Assert.ThrowsAsync<DnsUnansweredException>(() => resolver.QueryAsync(A, RecordType.A));
            await Task.WhenAll(first);
            await resolver.QueryAsync(A, RecordType.A);
        },
        o => o with { UnderWayMax = 2 });

    private static string Address(DnsAnswer answer) => ((AddressData)Assert.Single(answer.Records).Data).Address.ToString();

    private static byte[] Bytes(DnsMessage message) => new MessageWriter().Write(message, DnsMessage.BytesMax).ToArray();

    private void Run(Func<IMachine, DnsResolver, Task> body, Func<DnsResolverOptions, DnsResolverOptions>? tune = null)
    {
        if (world.Servers.Count == 0)
        {
            world.Serve("ns1", zone);
            world.Serve("ns2", other);
        }

        var options = new DnsResolverOptions { Servers = [new NetworkAddress("ns1", DnsWorld.Port), new NetworkAddress("ns2", DnsWorld.Port)] };
        world.Run(machine => body(machine, new DnsResolver(machine, tune is null ? options : tune(options))));
    }
}
