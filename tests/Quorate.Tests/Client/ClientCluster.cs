using Quorate.Client;
using Quorate.Client.Providers;

namespace Quorate.Tests.Client;

/// <summary>Scripted servers and one client of them, which is patient unless told otherwise: a busy machine is slow, too.</summary>
internal sealed class ClientCluster : IAsyncDisposable
{
    private ClientCluster(ScriptedServer[] servers, EtcdProvider provider) => (Servers, Provider) = (servers, provider);

    public ScriptedServer[] Servers { get; }

    public EtcdProvider Provider { get; }

    public static async Task<ClientCluster> StartAsync(int servers, Func<EtcdClientOptions, EtcdClientOptions>? change = null)
    {
        var made = await Task.WhenAll(Enumerable.Range(0, servers).Select(_ => ScriptedServer.StartAsync()));
        var options = new EtcdClientOptions
        {
            Endpoints = [.. made.Select(s => s.Endpoint)],
            CallTimeout = TimeSpan.FromSeconds(30),
            SilenceMax = TimeSpan.FromSeconds(10),
        };
        return new ClientCluster(made, new EtcdProvider(change?.Invoke(options) ?? options, random: new FirstTurn()));
    }

    /// <summary>Options of a client that is quick to lose patience.</summary>
    /// <param name="options">The others.</param>
    public static EtcdClientOptions Hasty(EtcdClientOptions options) =>
        options with { CallTimeout = TimeSpan.FromSeconds(5), SilenceMax = TimeSpan.FromMilliseconds(300) };

    public void On(string method, Func<ScriptedCall, Task> answer)
    {
        foreach (var server in Servers)
            server.On(method, answer);
    }

    public int CallsOf(string method) => Servers.Sum(s => s.CallsOf(method));

    public async ValueTask DisposeAsync()
    {
        await Provider.DisposeAsync();
        foreach (var server in Servers)
            await server.DisposeAsync();
    }

    /// <summary>The second server comes first, then in turn.</summary>
    private sealed class FirstTurn : Random
    {
        public override int Next(int maxValue) => 0;

        public override double NextDouble() => 0;
    }
}
