// A job that runs on one replica at a time, whichever leads. The replicas are the cluster: there is nothing else to install.
//
//   dotnet run                 three replicas in this process, on ports 5001 to 5003
//   dotnet run -- 1            only the first; start 2 and 3 in other terminals, kill the one that works, and another one goes on
//
//   curl localhost:5002/leader
using System.Text;
using Quorate.Hosting;
using Quorate.Services.Recipes;

string[] peers = ["127.0.0.1:7001", "127.0.0.1:7002", "127.0.0.1:7003"];
int[] replicas = args.Length == 0 ? [1, 2, 3] : [int.Parse(args[0])];
await Task.WhenAll(replicas.Select(replica => Build(replica).RunAsync()));

WebApplication Build(int replica)
{
    var builder = WebApplication.CreateSlimBuilder();
    builder.WebHost.UseUrls($"http://127.0.0.1:{5000 + replica}");
    builder.Services.AddQuorate(node => node
        .Named($"job-{replica}")
        .Listen(peers[replica - 1])
        .Join([.. peers.Where(peer => peer != peers[replica - 1])])
        .Data($"job-data/{replica}")
        .Recipes(new RecipeOptions { SessionTtl = TimeSpan.FromSeconds(5) }));
    builder.Services.AddLeaderOnly<NightlyReport>("nightly-report");

    var app = builder.Build();
    app.MapGet("/leader", async (ILeaderElection election, CancellationToken ct) =>
        await election.FindLeaderAsync("nightly-report", ct) is { } leader ? $"the leader's token is {leader.Token}" : "nobody leads");
    app.MapGet("/reports", async (IKeyValueStore store, CancellationToken ct) =>
        (await store.GetAsync("reports", ct)) is { } found ? Encoding.UTF8.GetString(found.Value.Span) : "none");
    return app;
}

/// <summary>Made anew for each leadership, and stopped as soon as it is lost.</summary>
internal sealed class NightlyReport(ILeadership leadership, IKeyValueStore store, ILogger<NightlyReport> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var report = 1; ; report++)
        {
            log.LogInformation("report {Report} by the leader with token {Token}", report, leadership.Token);
            // Should this process have stood still and another one lead meanwhile, the store refuses the write.
            await store.PutAsync("reports", Encoding.UTF8.GetBytes($"report {report} of {leadership.Token}"), leadership.Fence, stoppingToken);
            await Task.Delay(TimeSpan.FromSeconds(2), stoppingToken);
        }
    }
}
