using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quorate.Hosting;
using Quorate.Interop.Dns;
using Quorate.Interop.Etcd;
using Quorate.Services.Discovery;
using Quorate.Services.Recipes;

namespace Quorate.Interop.Recipes;

/// <summary>One application, whose configuration says where its store is: in itself, in other processes, or in etcd.</summary>
[Trait("Speed", "Slow")]
public sealed class RemoteHostingTests(QuorateServers servers, EtcdServer etcd) : IAsyncDisposable, IClassFixture<QuorateServers>, IClassFixture<EtcdServer>
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

    [Theory]
    [InlineData("embedded")]
    [InlineData("cluster")]
    [InlineData("etcd")]
    public async Task The_same_application_runs_on_whichever_store_its_configuration_names(string store)
    {
        Assert.SkipUnless(store != "etcd" || EtcdServer.IsInstalled, EtcdServer.Missing);
        var first = await StartAsync(store, "a");
        var second = store == "embedded" ? first : await StartAsync(store, "b");

        var held = await Of<IDistributedLocks>(first).AcquireAsync("lock");
        Assert.Null(await Of<IDistributedLocks>(second).TryAcquireAsync("lock"));
        await Of<IKeyValueStore>(first).PutAsync("guarded", Bytes("1"), held.Fence);
        await held.DisposeAsync();

        await Of<IKeyValueStore>(second).PutAsync("config/Orders/Limit", Bytes("7"));
        await UntilAsync(() => Of<IOptionsMonitor<OrderOptions>>(first).CurrentValue.Limit == 7);

        var text = Of<IDataProtectionProvider>(first).CreateProtector("cookie").Protect("who I am");
        Assert.Equal("who I am", Of<IDataProtectionProvider>(second).CreateProtector("cookie").Unprotect(text));

        await UntilAsync(() => Of<Board>(first).Leads || Of<Board>(second).Leads);
        Assert.True(first == second || Of<Board>(first).Leads != Of<Board>(second).Leads);
        var health = await Of<HealthCheckService>(first).CheckHealthAsync();
        Assert.Equal(HealthStatus.Healthy, health.Entries["quorate"].Status);
    }

    [Theory]
    [InlineData("embedded")]
    [InlineData("cluster")]
    [InlineData("etcd")]
    public async Task An_application_registers_and_is_found_by_name_and_over_dns_whichever_store_it_has(string store)
    {
        Assert.SkipUnless(store != "etcd" || EtcdServer.IsInstalled, EtcdServer.Missing);
        using var log = new DnsLog();
        void Describe(IServiceCollection services) => services
            .AddSingleton<ILoggerProvider>(log)
            .AddQuorateDiscovery().AddQuorateDns("127.0.0.1:0").AddQuorateService("orders", orders => orders.At("10.0.0.1:8080").Named("a1"));
        var host = Build(Settings(store, "a"), live: false, Describe);
        await host.StartAsync();
        await UntilAsync(async () => (await Of<IServiceResolver>(host).ResolveAsync("orders")).Endpoints is [{ Port: 8080 }]);
        if (Dig.IsInstalled)
            await UntilAsync(async () => await new Dig(log.Address!).ShortAsync("orders.service.quorate") is ["10.0.0.1"]);
        await host.StopAsync();

        // It has taken its registration back.
        var other = store == "embedded" ? null : Build(Settings(store, "b"), live: false, services => services.AddQuorateDiscovery());
        if (other is null)
            return;
        await other.StartAsync();
        Assert.Empty((await Of<IServiceResolver>(other).ResolveAsync("orders")).Endpoints);
    }

    [Fact]
    public async Task A_client_that_stops_lets_go_at_once_and_the_next_one_leads()
    {
        var (first, second) = (await StartAsync("cluster", "a"), await StartAsync("cluster", "b"));
        await UntilAsync(() => Of<Board>(first).Leads || Of<Board>(second).Leads);
        var (leader, other) = Of<Board>(first).Leads ? (first, second) : (second, first);
        var before = TimeProvider.System.GetTimestamp();
        await leader.StopAsync();
        Assert.False(Of<Board>(leader).Leads);
        await UntilAsync(() => Of<Board>(other).Leads);
        // The session would have lasted for ten seconds more.
        Assert.True(TimeProvider.System.GetElapsedTime(before) < TimeSpan.FromSeconds(6));
    }

    [Fact]
    public async Task A_client_that_reaches_nobody_is_unhealthy_and_says_why_and_its_host_starts_all_the_same()
    {
        var port = FreePorts.Some(1)[0];
        var host = Build(new() { ["Quorate:Provider"] = "remote", ["Quorate:Endpoints:0"] = $"127.0.0.1:{port}" }, live: false, _ => { });
        await host.StartAsync();
        var health = await Of<HealthCheckService>(host).CheckHealthAsync();
        Assert.Equal(HealthStatus.Unhealthy, health.Entries["quorate"].Status);
    }

    private async Task<IHost> StartAsync(string store, string name)
    {
        var host = Build(Settings(store, name), live: true, _ => { });
        await host.StartAsync();
        return host;
    }

    private Dictionary<string, string?> Settings(string store, string name)
    {
        var settings = new Dictionary<string, string?> { ["Quorate:Name"] = name, ["Quorate:Provider"] = store == "embedded" ? "embedded" : "remote" };
        var endpoints = store == "etcd" ? [etcd.Address] : servers.Endpoints;
        for (var i = 0; i < endpoints.Count && store != "embedded"; i++)
            settings[$"Quorate:Endpoints:{i}"] = endpoints[i];
        if (store == "embedded")
            (settings["Quorate:Listen"], settings["Quorate:Data"]) = ($"127.0.0.1:{FreePorts.Some(1)[0]}", Path.Combine(folder.FullName, name));
        return settings;
    }

    private IHost Build(Dictionary<string, string?> settings, bool live, Action<IServiceCollection> describe)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddLogging();
        builder.AddQuorate();
        describe(builder.Services);
        if (live)
        {
            builder.AddQuorateConfiguration();
            builder.Services.Configure<OrderOptions>(builder.Configuration.GetSection("Orders"));
            builder.Services.AddDataProtection().SetApplicationName("shop").PersistKeysToQuorate();
            builder.Services.AddSingleton<Board>().AddLeaderOnly<Job>("job");
        }

        var host = builder.Build();
        hosts.Add(host);
        return host;
    }

    private static T Of<T>(IHost host)
        where T : notnull => host.Services.GetRequiredService<T>();

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static Task UntilAsync(Func<bool> holds) => UntilAsync(() => Task.FromResult(holds()));

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!await holds())
            await Task.Delay(20, limit.Token);
    }

    /// <summary>Keeps the address that is said when services are told over DNS.</summary>
    private sealed class DnsLog : ILoggerProvider, ILogger
    {
        public string? Address { get; private set; }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            const string Begin = "Services are told over DNS at ";
            if (formatter(state, exception) is var text && text.StartsWith(Begin, StringComparison.Ordinal))
                Address = text[Begin.Length..].TrimEnd('.');
        }

        public void Dispose()
        {
        }
    }

    private sealed class OrderOptions
    {
        public int Limit { get; set; }
    }

    private sealed class Board
    {
        public volatile bool Leads;
    }

    private sealed class Job(Board board) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            board.Leads = true;
            await Task.Delay(Timeout.InfiniteTimeSpan, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            board.Leads = false;
        }
    }
}
