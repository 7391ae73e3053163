// Services that find each other. Three replicas of "greetings" register with a check; a front end calls http://greetings, and whichever is well answers.
//
//   dotnet run
//
//   curl localhost:5000/hello                      again and again: another replica each time
//   curl -X POST localhost:5002/sick               that one is out within a second; POST /well brings it back
//   curl localhost:5000/where                      who is there
using Quorate.Hosting;
using Quorate.Hosting.Discovery;
using Quorate.Services.Discovery;

string[] peers = ["127.0.0.1:7001", "127.0.0.1:7002", "127.0.0.1:7003", "127.0.0.1:7004"];
await Task.WhenAll(Enumerable.Range(1, 3).Select(replica => Replica(replica).RunAsync()).Append(FrontEnd().RunAsync()));

WebApplicationBuilder Builder(int port, int node)
{
    var builder = WebApplication.CreateSlimBuilder();
    builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
    builder.Services.AddQuorate(cluster => cluster
        .Named($"node-{node}")
        .Listen(peers[node])
        .Join([.. peers.Where(peer => peer != peers[node])])
        .Data($"discovery-data/{node}"));
    return builder;
}

WebApplication Replica(int replica)
{
    var port = 5000 + replica;
    var builder = Builder(port, replica);
    builder.Services.AddQuorateService("greetings", service => service
        .At($"127.0.0.1:{port}")
        .Named($"replica-{replica}")
        .CheckHttp($"http://127.0.0.1:{port}/health"));

    var isWell = true;
    var app = builder.Build();
    app.MapGet("/", () => $"hello from replica {replica}");
    app.MapGet("/health", () => isWell ? Results.Ok() : Results.StatusCode(503));
    app.MapPost("/sick", () => { isWell = false; });
    app.MapPost("/well", () => { isWell = true; });
    return app;
}

WebApplication FrontEnd()
{
    var builder = Builder(5000, 0);
    builder.Services.AddHttpClient("greetings", client => client.BaseAddress = new Uri("http://greetings"))
        .AddQuorateDiscovery(options => options.Balancing = Balancing.RoundRobin);

    var app = builder.Build();
    app.MapGet("/hello", (IHttpClientFactory clients) => clients.CreateClient("greetings").GetStringAsync("/"));
    app.MapGet("/where", async (IServiceResolver resolver, CancellationToken ct) =>
        (await resolver.ResolveAsync("greetings", ct)).Endpoints.Select(e => $"{e.Instance} at {e.Address}:{e.Port}"));
    return app;
}
