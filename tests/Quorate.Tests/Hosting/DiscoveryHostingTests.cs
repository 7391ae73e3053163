using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quorate.Hosting;
using Quorate.Services.Discovery;
using Quorate.Services.Discovery.Registering;

namespace Quorate.Tests.Hosting;

/// <summary>Real services that register, are found and die under load, over loopback.</summary>
[Trait("Speed", "Slow")]
public sealed class DiscoveryHostingTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("quorate-");
    private readonly List<IHost> hosts = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var host in hosts)
            await ((IAsyncDisposable)host).DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task When_an_instance_dies_under_load_only_what_it_had_under_way_fails()
    {
        var node = await StartAsync(1, (builder, _) => builder.Services.AddHttpClient("orders").AddQuorateDiscovery());
        var registrar = node[0].Services.GetRequiredService<ServiceRegistrar>();
        var services = new List<Server>();
        for (var i = 0; i < 3; i++)
        {
            services.Add(await Server.StartAsync($"s{i}"));
            hosts.Add(services[i].App);
            await registrar.RegisterAsync(services[i].Endpoint);
        }

        var client = node[0].Services.GetRequiredService<IHttpClientFactory>().CreateClient("orders");
        await UntilAsync(() => Resolve(node[0]).Count == 3);
        using var ending = new CancellationTokenSource();
        var (answers, failures) = (new ConcurrentQueue<string>(), new ConcurrentQueue<(long BegunAt, Exception Why)>());
        var load = Enumerable.Range(0, 16).Select(_ => LoadAsync()).ToArray();
        await UntilAsync(() => answers.Count > 500);

        // The registry still tells it: its process is gone before its session is.
        await services[0].KillAsync();
        var goneAt = TimeProvider.System.GetTimestamp();
        var before = answers.Count;
        await UntilAsync(() => answers.Count > before + 1000);
        ending.Cancel();
        await Task.WhenAll(load);
        // A connection from before may be found to be dead only when it is used next, which is soon.
        var soonAfter = goneAt + TimeProvider.System.TimestampFrequency;
        Assert.All(failures, f => Assert.True(f.BegunAt <= soonAfter, $"a request failed that began after the instance had gone: {f.Why}"));
        Assert.True(failures.Count <= 16, $"{failures.Count} requests failed, and 16 were under way at most");
        Assert.Equal(3, Resolve(node[0]).Count);
        Assert.Equal(["s0", "s1", "s2"], answers.Distinct().Order());
        Assert.DoesNotContain("s0", answers.TakeLast(500));

        async Task LoadAsync()
        {
            while (!ending.IsCancellationRequested)
            {
                var begunAt = TimeProvider.System.GetTimestamp();
                try
                {
                    answers.Enqueue(await client.GetStringAsync("http://orders/who", CancellationToken.None));
                }
                catch (HttpRequestException e)
                {
                    failures.Enqueue((begunAt, e));
                }
            }
        }
    }

    [Fact]
    public async Task An_application_registers_once_it_listens_and_takes_itself_out_before_it_stops()
    {
        var isWell = true;
        var ports = FreePorts.Some(3);
        var replicas = await StartAsync(3, (builder, index) =>
        {
            builder.Services.AddHealthChecks().AddCheck("own", () => isWell ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("broken"));
            builder.Services.AddQuorateDiscovery();
            builder.Services.AddQuorateService("orders", service => service
                .At($"127.0.0.1:{ports[index]}").Named($"n{index}").Tags("v1").Metadata("zone", "a").Weight(2).CheckHealth());
        });
        await UntilAsync(() => replicas.All(r => Resolve(r).Count == 3));
        Assert.All(Resolve(replicas[0]), e => Assert.Equal((2, "v1"), (e.Weight, e.Tags[0])));

        isWell = false;
        await WithinAsync(1.5, () => replicas.All(r => Resolve(r).Count == 0));
        isWell = true;
        await WithinAsync(1.5, () => replicas.All(r => Resolve(r).Count == 3));

        // Sooner than a session's ten seconds: it says so itself.
        var stopping = replicas[2].StopAsync();
        await WithinAsync(2, () => replicas[..2].All(r => Resolve(r).Select(e => e.Instance).Order().SequenceEqual(["n0", "n1"])));
        await stopping;
    }

    [Fact]
    public async Task A_page_that_fails_takes_its_instance_out()
    {
        var server = await Server.StartAsync("s0");
        hosts.Add(server.App);
        var node = await StartAsync(1, (builder, _) =>
        {
            builder.Services.AddQuorateDiscovery();
            builder.Services.AddQuorateService("orders", s => s
                .At($"127.0.0.1:{server.Endpoint.Port}").CheckHttp($"http://127.0.0.1:{server.Endpoint.Port}/health").CheckConnection());
        });
        await UntilAsync(() => Resolve(node[0]).Count == 1);
        Assert.Equal($"7f000001-{server.Endpoint.Port}", Resolve(node[0])[0].Instance);
        server.Status = 503;
        await WithinAsync(1.5, () => Resolve(node[0]).Count == 0);
        server.Status = 200;
        await WithinAsync(1.5, () => Resolve(node[0]).Count == 1);
        await server.KillAsync();
        await WithinAsync(1.5, () => Resolve(node[0]).Count == 0);
    }

    [Fact]
    public void A_service_without_an_address_is_refused()
    {
        Assert.Throws<InvalidOperationException>(() => new ServiceCollection().AddQuorateService("orders", _ => { }));
        Assert.Throws<FormatException>(() => new ServiceCollection().AddQuorateService("orders", s => s.At("10.0.0.1")));
        Assert.Throws<FormatException>(() => new ServiceCollection().AddQuorateService("orders", s => s.At("host:80")));
    }

    private static IReadOnlyList<ServiceEndpoint> Resolve(IHost host)
    {
        var answer = host.Services.GetRequiredService<IServiceResolver>().ResolveAsync("orders");
        return answer.AsTask().GetAwaiter().GetResult().Endpoints;
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!holds())
            await Task.Delay(10, limit.Token);
    }

    private static async Task WithinAsync(double seconds, Func<bool> holds)
    {
        var began = TimeProvider.System.GetTimestamp();
        await UntilAsync(holds);
        Assert.InRange(TimeProvider.System.GetElapsedTime(began).TotalSeconds, 0, seconds);
    }

    private async Task<IHost[]> StartAsync(int count, Action<IHostApplicationBuilder, int> describe)
    {
        string[] peers = [.. FreePorts.Some(count).Select(port => $"127.0.0.1:{port}")];
        var made = new List<IHost>();
        for (var i = 0; i < count; i++)
        {
            var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
            builder.Services.AddLogging();
            var (own, name) = (peers[i], $"n{i}");
            builder.Services.AddQuorate(node => node
                .Named(name).Listen(own).Join([.. peers.Where(p => p != own)]).Data(Path.Combine(folder.FullName, name)));
            describe(builder, i);
            made.Add(builder.Build());
            hosts.Add(made[i]);
        }

        await Task.WhenAll(made.Select(h => h.StartAsync()));
        return [.. made];
    }

    /// <summary>A small service that says who it is.</summary>
    private sealed class Server
    {
        private Server(WebApplication app, ServiceEndpoint endpoint) => (App, Endpoint) = (app, endpoint);

        public WebApplication App { get; }

        public ServiceEndpoint Endpoint { get; }

        public int Status { get; set; } = 200;

        public static async Task<Server> StartAsync(string name)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            var app = builder.Build();
            Server? server = null;
            app.MapGet("/health", () => Results.StatusCode(server!.Status));
            app.MapGet("/who", async () =>
            {
                await Task.Delay(2);
                return name;
            });
            await app.StartAsync();
            var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
            return server = new Server(app, new ServiceEndpoint("orders", name, IPAddress.Loopback, new Uri(address).Port));
        }

        /// <summary>Ends it without letting anything come to its end.</summary>
        public Task KillAsync() => App.StopAsync(new CancellationToken(canceled: true));
    }
}
