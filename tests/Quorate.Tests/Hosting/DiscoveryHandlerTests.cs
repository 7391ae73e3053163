using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Quorate.Hosting;
using Quorate.Hosting.Discovery;
using Quorate.Services.Discovery;

namespace Quorate.Tests.Hosting;

/// <summary>Requests to services, with instances that are played.</summary>
public sealed class DiscoveryHandlerTests : HttpMessageHandler, IServiceResolver
{
    private readonly List<ServiceEndpoint> endpoints = [];
    private readonly HashSet<string> refusing = [];
    private readonly List<string> asked = [];
    private Func<HttpRequestMessage, Task<HttpResponseMessage>> answer = _ => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));
    private bool isLost;

    public DiscoveryHandlerTests() => Register("a", "b", "c", "d");

    [Fact]
    public async Task A_name_without_a_dot_or_below_the_zone_is_a_service_and_others_go_where_they_say()
    {
        using var client = Client();
        await client.GetAsync("http://orders/x?y=1");
        await client.GetAsync("http://ORDERS.service.quorate:9/");
        Assert.All(asked, a => Assert.StartsWith("10.0.0.", a, StringComparison.Ordinal));
        asked.Clear();
        foreach (var other in new[] { "http://localhost:5/", "http://example.com/", "http://a.b.service.quorate/", "http://127.0.0.1:1/", "http://[::1]:1/" })
            await client.GetAsync(other);
        Assert.Equal(["localhost:5", "example.com:80", "a.b.service.quorate:80", "127.0.0.1:1", "[::1]:1"], asked);
    }

    [Fact]
    public async Task The_instance_is_told_the_services_name_and_the_callers_message_is_as_it_was()
    {
        using var client = Client();
        string? host = null;
        answer = request =>
        {
            host = request.Headers.Host;
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));
        };
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders/x?y=1");
        await client.SendAsync(request);
        Assert.Equal("orders", host);
        Assert.Equal(("http://orders/x?y=1", null), (request.RequestUri!.ToString(), request.Headers.Host));
        using var named = new HttpRequestMessage(HttpMethod.Get, "http://orders/") { Headers = { Host = "own" } };
        await client.SendAsync(named);
        Assert.Equal("own", host);
        using var bare = Client(o => o.KeepHost = false);
        await bare.GetAsync("http://orders/");
        Assert.Null(host);
    }

    [Fact]
    public async Task Another_instance_is_tried_only_where_nothing_was_sent()
    {
        using var client = Client();
        refusing.UnionWith(["10.0.0.0:80", "10.0.0.1:80", "10.0.0.2:80"]);
        for (var i = 0; i < 20; i++)
            await client.PostAsync("http://orders/", new StringContent("once"));
        Assert.Equal(20, asked.Count(a => a == "10.0.0.3:80"));

        asked.Clear();
        answer = _ => throw new HttpRequestException(HttpRequestError.ResponseEnded, "it broke in the midst");
        await Assert.ThrowsAsync<HttpRequestException>(() => client.PostAsync("http://orders/", new StringContent("once")));
        // One that was left out for refusing may be tried again by now.
        Assert.Equal(["10.0.0.3:80"], asked.Where(a => !refusing.Contains(a)));
    }

    [Fact]
    public async Task When_nobody_takes_connections_the_error_says_so_and_retries_are_bounded()
    {
        using var client = Client();
        refusing.UnionWith(endpoints.Select(e => $"{e.Address}:{e.Port}"));
        Assert.Equal(HttpRequestError.ConnectionError, (await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("http://orders/"))).HttpRequestError);
        Assert.Equal(4, asked.Count);
        asked.Clear();
        using var once = Client(o => o.RetriesMax = 0);
        await Assert.ThrowsAsync<HttpRequestException>(() => once.GetAsync("http://orders/"));
        Assert.Single(asked);
        endpoints.Clear();
        Assert.Contains("No healthy instance of service 'orders'", (await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("http://orders/"))).Message);
        isLost = true;
        Assert.Equal(HttpRequestError.NameResolutionError, (await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("http://orders/"))).HttpRequestError);
    }

    [Fact]
    public async Task An_instance_that_refuses_is_passed_over_for_a_while_but_not_more_than_the_share()
    {
        using var client = Client(o => (o.Balancing, o.EjectionTime) = (Balancing.RoundRobin, TimeSpan.FromMilliseconds(300)));
        refusing.Add("10.0.0.1:80");
        for (var i = 0; i < 20; i++)
            await client.GetAsync("http://orders/");
        Assert.Single(asked, "10.0.0.1:80");
        await Task.Delay(400);
        for (var i = 0; i < 8; i++)
            await client.GetAsync("http://orders/");
        Assert.Equal(2, asked.Count(a => a == "10.0.0.1:80"));

        // Three of four: two are passed over, the third is asked again and again.
        refusing.UnionWith(["10.0.0.2:80", "10.0.0.3:80"]);
        asked.Clear();
        for (var i = 0; i < 8; i++)
            await client.GetAsync("http://orders/");
        Assert.True(asked.Count(a => a != "10.0.0.0:80") > 3);
        Assert.Equal(8, asked.Count(a => a == "10.0.0.0:80"));
    }

    [Fact]
    public async Task Round_robin_takes_turns_and_priority_comes_first()
    {
        using var client = Client(o => o.Balancing = Balancing.RoundRobin);
        endpoints[3] = endpoints[3] with { Priority = 1 };
        for (var i = 0; i < 6; i++)
            await client.GetAsync("http://orders/");
        Assert.Equal(["10.0.0.0:80", "10.0.0.1:80", "10.0.0.2:80", "10.0.0.0:80", "10.0.0.1:80", "10.0.0.2:80"], asked);
        endpoints.RemoveRange(0, 3);
        await client.GetAsync("http://orders/");
        Assert.Equal("10.0.0.3:80", asked[^1]);
    }

    [Fact]
    public async Task A_slow_instance_gets_less_where_load_is_looked_at()
    {
        using var client = Client();
        var slow = new TaskCompletionSource<HttpResponseMessage>();
        answer = request => request.RequestUri!.Host == "10.0.0.0" ? slow.Task : Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));
        var all = Enumerable.Range(0, 400).Select(_ => client.GetAsync("http://orders/")).ToList();
        // By turns it would have 100; one that never comes back gets hardly more than one.
        Assert.InRange(asked.Count(a => a == "10.0.0.0:80"), 1, 5);
        slow.SetResult(new HttpResponseMessage(HttpStatusCode.OK));
        await Task.WhenAll(all);
    }

    [Fact]
    public void Settings_out_of_bounds_are_refused()
    {
        foreach (var wrong in new Action<DiscoveryHttpOptions>[] { o => o.RetriesMax = -1, o => o.RetriesMax = 11, o => o.EjectionTime = TimeSpan.FromHours(1), o => o.EjectedPartMax = 1.1, o => o.EjectedPartMax = double.NaN })
            Assert.Throws<ArgumentOutOfRangeException>(() => new ServiceCollection().AddHttpClient("x").AddQuorateDiscovery(wrong));
    }

    public ValueTask<ServiceAnswer> ResolveAsync(string service, CancellationToken cancellationToken = default)
    {
        Assert.Equal("orders", service, ignoreCase: true);
        if (isLost)
            throw new DiscoveryException("The registry could not be read yet.");
        return ValueTask.FromResult(new ServiceAnswer(WeightedOrder.Of(endpoints, Random.Shared)));
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var place = $"{request.RequestUri!.Host}:{request.RequestUri.Port}";
        asked.Add(place);
        return refusing.Contains(place) ? throw new HttpRequestException(HttpRequestError.ConnectionError, "refused") : answer(request);
    }

    private HttpClient Client(Action<DiscoveryHttpOptions>? configure = null)
    {
        var services = new ServiceCollection().AddSingleton<IServiceResolver>(this);
        services.AddHttpClient("x").AddQuorateDiscovery(configure).ConfigurePrimaryHttpMessageHandler(() => this);
        return services.BuildServiceProvider().GetRequiredService<IHttpClientFactory>().CreateClient("x");
    }

    private void Register(params string[] names)
    {
        foreach (var name in names)
            endpoints.Add(new ServiceEndpoint("orders", name, new IPAddress([10, 0, 0, (byte)endpoints.Count]), 80));
    }
}
