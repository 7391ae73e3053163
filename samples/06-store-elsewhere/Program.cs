// One application, two stores: its configuration says whether it keeps its state itself or in a cluster elsewhere, Quorate's or etcd's.
//
//   dotnet run --environment Embedded
//   ./quorate up, and beside it: dotnet run --environment Remote
//
// The second one can be started twice: only one of them gets the lock at a time. Kill a node of the cluster, and both go on.
using System.Text;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Quorate.Hosting;
using Quorate.Services.Recipes;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.AddQuorate();
var app = builder.Build();
await app.StartAsync();
var (locks, store) = (app.Services.GetRequiredService<IDistributedLocks>(), app.Services.GetRequiredService<IKeyValueStore>());

using var end = new CancellationTokenSource(TimeSpan.FromSeconds(10));
var watching = WatchAsync(end.Token);
for (var round = 1; round <= 5; round++)
{
    await using var held = await locks.AcquireAsync("counter");
    var counter = await store.GetAsync("counter");
    var next = counter is null ? 1 : int.Parse(Encoding.UTF8.GetString(counter.Value.Span)) + 1;
    // Refused, should this process have stood still for so long that somebody else has the lock.
    await store.PutAsync("counter", Encoding.UTF8.GetBytes($"{next}"), held.Fence);
    Console.WriteLine($"holder {held.Token} counted to {next}");
    await Task.Delay(TimeSpan.FromMilliseconds(200));
}

await end.CancelAsync();
await watching;
var health = await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
Console.WriteLine($"the store is {builder.Configuration["Quorate:Provider"]} and {health.Entries["quorate"].Status}");
await app.StopAsync();

async Task WatchAsync(CancellationToken cancellationToken)
{
    try
    {
        await foreach (var changes in store.WatchAsync("counter", cancellationToken: cancellationToken))
            Console.WriteLine($"revision {changes.Revision}: {Encoding.UTF8.GetString(changes.Events[0].KeyValue.Value.Span)}");
    }
    catch (OperationCanceledException)
    {
        // The end.
    }
}
