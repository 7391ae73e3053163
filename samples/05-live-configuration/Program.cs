// Configuration that lives in the cluster: what is written at one replica is in force at all of them, without a restart.
//
//   dotnet run                 three replicas in this process, on ports 5001 to 5003
//
//   curl localhost:5002/limit
//   curl -X PUT localhost:5001/limit/7
//   curl localhost:5003/limit
using System.Text;
using Microsoft.Extensions.Options;
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
        .Named($"shop-{replica}")
        .Listen(peers[replica - 1])
        .Join([.. peers.Where(peer => peer != peers[replica - 1])])
        .Data($"shop-data/{replica}"));

    // The key config/Orders/Limit is the setting Orders:Limit.
    builder.AddQuorateConfiguration();
    builder.Services.AddOptions<OrderOptions>().BindConfiguration("Orders").Validate(o => o.Limit >= 0, "The limit must not be negative.");

    var app = builder.Build();
    app.MapGet("/limit", (IOptionsMonitor<OrderOptions> options) => options.CurrentValue.Limit);
    app.MapPut("/limit/{limit:int}", async (int limit, IKeyValueStore store, CancellationToken ct) =>
        await store.PutAsync("config/Orders/Limit", Encoding.UTF8.GetBytes($"{limit}"), cancellationToken: ct));
    app.Services.GetRequiredService<IOptionsMonitor<OrderOptions>>().OnChange(
        options => app.Logger.LogInformation("the limit is {Limit} now", options.Limit));
    return app;
}

internal sealed class OrderOptions
{
    public int Limit { get; set; } = 10;
}
