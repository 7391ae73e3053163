using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Quorate.Hosting;
using Quorate.Services.Recipes;

namespace Quorate.Tests.Hosting;

/// <summary>What applications make of the recipes of their nodes, on the real machine and over loopback.</summary>
[Trait("Speed", "Slow")]
public sealed class RecipeHostingTests : IAsyncDisposable
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
    public async Task Every_recipe_can_be_injected_and_a_lock_excludes_over_replicas()
    {
        var replicas = await StartAsync(3, _ => { });
        await using var held = await Of<IDistributedLocks>(replicas[0]).AcquireAsync("a");
        Assert.Null(await Of<IDistributedLocks>(replicas[1]).TryAcquireAsync("a"));
        await Of<IKeyValueStore>(replicas[0]).PutAsync("k", Bytes("v"), held.Fence);
        Assert.NotNull(Of<IReadWriteLocks>(replicas[0]));
        Assert.NotNull(Of<ISemaphore>(replicas[0]));
        Assert.NotNull(Of<IBarrier>(replicas[0]));
        Assert.NotNull(Of<IDistributedQueue>(replicas[0]));
        Assert.NotNull(Of<IServiceRegistry>(replicas[0]));

        // The replica that holds it stops: the next one need not wait for the session's time.
        var next = Of<IDistributedLocks>(replicas[1]).AcquireAsync("a").AsTask();
        await replicas[0].StopAsync();
        Assert.True(held.Lost.IsCancellationRequested);
        await (await next.WaitAsync(TimeSpan.FromSeconds(5))).DisposeAsync();
    }

    [Fact]
    public async Task A_leader_only_service_runs_on_one_replica_and_moves_when_that_one_stops()
    {
        var board = new Board();
        var replicas = await StartAsync(3, builder =>
        {
            builder.Services.AddSingleton(board);
            builder.Services.AddLeaderOnly<Job>("job");
        });
        await UntilAsync(() => board.Running.Count == 1);
        var first = Assert.Single(board.Running);
        var leads = Array.FindIndex(replicas, r => r.Services.GetRequiredService<IConfiguration>()["who"] == first.Who);
        Assert.True(first.Token > 0);
        await replicas[leads].StopAsync();
        Assert.DoesNotContain(board.Running, r => r.Who == first.Who);
        await UntilAsync(() => board.Running.Count == 1);
        Assert.True(Assert.Single(board.Running).Token > first.Token);
        Assert.Equal(1, board.MostAtOnce);
    }

    [Fact]
    public async Task A_leader_only_service_that_fails_gives_the_leadership_up()
    {
        var board = new Board { FailuresLeft = 1 };
        await StartAsync(1, builder =>
        {
            builder.Services.AddSingleton(board);
            builder.Services.AddLeaderOnly<Job>("job");
        });
        await UntilAsync(() => board.Running.Count == 1 && board.FailuresLeft == 0);
        Assert.Equal(2, board.Started);
    }

    [Fact]
    public async Task Configuration_is_there_at_the_start_and_changes_while_the_application_runs()
    {
        var first = (await StartAsync(1, Describe))[0];
        var store = Of<IKeyValueStore>(first);
        Assert.Equal(0, Of<IOptionsMonitor<OrderOptions>>(first).CurrentValue.Limit);
        await store.PutAsync("config/Orders/Limit", Bytes("7"));
        await UntilAsync(() => Of<IOptionsMonitor<OrderOptions>>(first).CurrentValue.Limit == 7);
        await store.PutAsync("config/Orders/Limit", Bytes("8"));
        await UntilAsync(() => Of<IOptionsMonitor<OrderOptions>>(first).CurrentValue.Limit == 8);
        await store.DeleteAsync("config/Orders/Limit");
        await UntilAsync(() => Of<IOptionsMonitor<OrderOptions>>(first).CurrentValue.Limit == 0);
        await store.PutAsync("config/Orders/Limit", Bytes("9"));
        await first.StopAsync();

        var again = (await StartAsync(1, Describe))[0];
        Assert.Equal(9, Of<IOptions<OrderOptions>>(again).Value.Limit);

        static void Describe(IHostApplicationBuilder builder)
        {
            builder.AddQuorateConfiguration();
            builder.Services.Configure<OrderOptions>(builder.Configuration.GetSection("Orders"));
        }
    }

    [Fact]
    public async Task What_one_replica_protects_another_one_reads()
    {
        var replicas = await StartAsync(3, builder => builder.Services.AddDataProtection().SetApplicationName("shop").PersistKeysToQuorate());
        var text = Of<IDataProtectionProvider>(replicas[0]).CreateProtector("cookie").Protect("who I am");
        foreach (var replica in replicas)
            Assert.Equal("who I am", Of<IDataProtectionProvider>(replica).CreateProtector("cookie").Unprotect(text));
        Assert.NotEmpty(Of<IOptions<KeyManagementOptions>>(replicas[1]).Value.XmlRepository!.GetAllElements());
        Assert.NotEmpty((await Of<IKeyValueStore>(replicas[0]).ListAsync(QuorateRecipeExtensions.KeyRingPrefix)).KeyValues);
    }

    [Fact]
    public async Task Settings_out_of_their_bounds_are_refused_when_the_host_starts()
    {
        var host = Build(["127.0.0.1:7000"], 0, _ => { }, new RecipeOptions { SessionTtl = TimeSpan.FromSeconds(1) });
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains("SessionTtl must be from 00:00:02", refusal.Message);
    }

    private static T Of<T>(IHost host)
        where T : notnull => host.Services.GetRequiredService<T>();

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!holds())
            await Task.Delay(20, limit.Token);
    }

    private async Task<IHost[]> StartAsync(int count, Action<IHostApplicationBuilder> describe)
    {
        string[] peers = [.. FreePorts.Some(count).Select(port => $"127.0.0.1:{port}")];
        IHost[] made = [.. Enumerable.Range(0, count).Select(i => Build(peers, i, describe, new RecipeOptions()))];
        await Task.WhenAll(made.Select(h => h.StartAsync()));
        return made;
    }

    private IHost Build(string[] peers, int index, Action<IHostApplicationBuilder> describe, RecipeOptions recipes)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new("who", $"n{index}")]);
        builder.Services.AddLogging();
        builder.Services.AddQuorate(node => node
            .Named($"n{index}").Listen(peers[index]).Join([.. peers.Where(p => p != peers[index])])
            .Data(Path.Combine(folder.FullName, $"{index}")).Recipes(recipes));
        describe(builder);
        var host = builder.Build();
        hosts.Add(host);
        return host;
    }

    private sealed class OrderOptions
    {
        public int Limit { get; set; }
    }

    private sealed class Board
    {
        private readonly List<(string Who, long Token)> running = [];

        public int MostAtOnce { get; private set; }

        public int Started { get; private set; }

        public int FailuresLeft { get; set; }

        public IReadOnlyList<(string Who, long Token)> Running
        {
            get
            {
                lock (running)
                    return [.. running];
            }
        }

        public void Enter((string, long) who)
        {
            lock (running)
            {
                running.Add(who);
                Started++;
                MostAtOnce = Math.Max(MostAtOnce, running.Count);
            }
        }

        public void Leave((string, long) who)
        {
            lock (running)
                running.Remove(who);
        }
    }

    private sealed class Job(Board board, IConfiguration configuration, ILeadership leadership) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            var who = (configuration["who"]!, leadership.Token);
            board.Enter(who);
            try
            {
                if (board.FailuresLeft-- > 0)
                    throw new InvalidOperationException("it does not work");
                board.FailuresLeft = 0;
                await Task.Delay(Timeout.InfiniteTimeSpan, stoppingToken);
            }
            finally
            {
                board.Leave(who);
            }
        }
    }
}
