// Three replicas of one application that share a counter. No other process is needed.
//
//   dotnet run                      all three here, on ports 5001 to 5003
//   dotnet run -- 2                 only replica 2: start 1 and 3 in other terminals, kill any one of them, and go on counting
//
//   curl -X POST localhost:5001/count
//   curl localhost:5003/count
using System.Text;
using Quorate.Hosting;
using Quorate.Services.Coordination;

string[] peers = ["127.0.0.1:7001", "127.0.0.1:7002", "127.0.0.1:7003"];
int[] replicas = args.Length == 0 ? [1, 2, 3] : [int.Parse(args[0])];
await Task.WhenAll(replicas.Select(replica => Build(replica).RunAsync()));

WebApplication Build(int replica)
{
    var builder = WebApplication.CreateSlimBuilder();
    builder.WebHost.UseUrls($"http://127.0.0.1:{5000 + replica}");
    builder.Services.AddQuorate(node => node
        .Named($"counter-{replica}")
        .Listen(peers[replica - 1])
        .Join([.. peers.Where(peer => peer != peers[replica - 1])])
        .Data($"counter-data/{replica}"));

    var app = builder.Build();
    app.MapGet("/count", (ICoordination store, CancellationToken ct) => ReadAsync(store, ct));
    app.MapPost("/count", (ICoordination store, CancellationToken ct) => IncrementAsync(store, ct));
    app.MapHealthChecks("/health");
    return app;
}

static async Task<long> ReadAsync(ICoordination store, CancellationToken ct)
{
    var range = await store.RangeAsync(new RangeRequest("count"u8.ToArray()), ct);
    return range.KeyValues is [var found] ? long.Parse(found.Value.Span) : 0;
}

// Reads, and writes only if nobody wrote in between: otherwise tries again. So no increment is lost, whichever replica it came to.
static async Task<long> IncrementAsync(ICoordination store, CancellationToken ct)
{
    var key = "count"u8.ToArray();
    while (true)
    {
        var range = await store.RangeAsync(new RangeRequest(key), ct);
        var (seen, count) = range.KeyValues is [var found] ? (found.ModRevision, long.Parse(found.Value.Span)) : (0, 0);
        var next = Encoding.ASCII.GetBytes($"{count + 1}");
        var unchanged = new Compare(CompareResult.Equal, KeyField.ModRevision, key, default, seen, default);
        var written = await store.TxnAsync(new TxnRequest([unchanged], [new PutRequest(key, next)], []), ct);
        if (written.Succeeded)
            return count + 1;
    }
}
