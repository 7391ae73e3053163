using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Quorate.Hosting;
using Quorate.Services.Coordination;

namespace Quorate.Tests.Hosting;

/// <summary>Nodes in applications, on the real machine and over loopback.</summary>
[Trait("Speed", "Slow")]
public sealed class AddQuorateTests : IAsyncDisposable
{
    private const int ValueBytes = 1 << 20;
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
    [InlineData("The node has no name: call Named.", "", "127.0.0.1:7000", "data")]
    [InlineData("'somewhere' is not an address", "n1", "somewhere", "data")]
    [InlineData("The node has no data folder.", "n1", "127.0.0.1:7000", "")]
    [InlineData("must have 1 to 255 bytes and no space, comma or equals sign", "n 1", "127.0.0.1:7000", "data")]
    [InlineData("0.0.0.0:7000 is not a loopback address: give certificates, or allow insecure connections.", "n1", "0.0.0.0:7000", "data")]
    public async Task A_description_that_cannot_be_is_refused_when_the_host_starts(string message, string name, string listen, string data)
    {
        var host = Build(node => node.Named(name).Listen(listen).Data(data));
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains(message, refusal.Message);
    }

    [Theory]
    [InlineData("Two members are named 'n2'.", "n2=127.0.0.1:7001", "n2=127.0.0.1:7002")]
    [InlineData("Two members have the address 127.0.0.1:7001.", "n2=127.0.0.1:7001", "n3=127.0.0.1:7001")]
    [InlineData("'=127.0.0.1:7001' names no node", "=127.0.0.1:7001")]
    public async Task Members_that_contradict_each_other_are_refused(string message, params string[] others)
    {
        var host = Build(node => node.Named("n1").Listen("127.0.0.1:7000").Join(others).Data("data"));
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains(message, refusal.Message);
    }

    [Fact]
    public void An_application_hosts_one_node()
    {
        var services = new ServiceCollection().AddQuorate(_ => { });
        Assert.Contains("called twice", Assert.Throws<InvalidOperationException>(() => services.AddQuorate(_ => { })).Message);
    }

    [Fact]
    public async Task Calls_fail_before_the_start_and_after_the_stop_and_the_data_stays()
    {
        var host = Single();
        await RefusedAsync(host, "The node has not started yet.");
        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync(host));
        await host.StartAsync();
        await Store(host).PutAsync(new PutRequest(Key("a"), Key("1")));
        Assert.Equal(HealthStatus.Healthy, await HealthAsync(host));
        await host.StopAsync();
        await RefusedAsync(host, "The node has stopped.");
        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync(host));

        var again = Single();
        await again.StartAsync();
        Assert.Equal("1", await GetAsync(again, "a"));
    }

    [Fact]
    public async Task Three_applications_are_a_cluster_that_goes_on_without_one_of_them()
    {
        var peers = FreeAddresses(3);
        var nodes = peers.Select(own => Build(node => node
            .Named($"n{own}")
            .Listen(own)
            .Join([.. peers.Where(p => p != own)])
            .Data(Path.Combine(folder.FullName, own.Replace(':', '-'))))).ToArray();
        await Task.WhenAll(nodes.Select(n => n.StartAsync()));
        await Store(nodes[0]).PutAsync(new PutRequest(Key("a"), Key("1")));
        foreach (var node in nodes)
        {
            Assert.Equal("1", await GetAsync(node, "a"));
            Assert.Equal(HealthStatus.Healthy, await HealthAsync(node));
        }

        await nodes[0].StopAsync();
        await Store(nodes[1]).PutAsync(new PutRequest(Key("a"), Key("2")));
        Assert.Equal("2", await GetAsync(nodes[2], "a"));
        await nodes[1].StopAsync();

        // One of three is no majority.
        Assert.NotEqual(CoordinationError.Stopped, (await Assert.ThrowsAsync<CoordinationException>(() => GetAsync(nodes[2], "a"))).Error);
        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync(nodes[2]));
        await nodes[2].StopAsync().WaitAsync(Limit);
    }

    [Fact]
    public async Task A_node_whose_disk_fails_ends_its_calls_and_watches_and_stops_the_application()
    {
        var host = Single();
        await host.StartAsync();
        await Store(host).PutAsync(new PutRequest(Key("a"), Key("1")));
        await using var watch = Store(host).OpenWatchStream();
        var read = watch.ReadAsync().AsTask();

        // A log takes its next segment from its folder, which is gone.
        Directory.Delete(Path.Combine(folder.FullName, "single", "wal"), recursive: true);
        var failure = await Assert.ThrowsAsync<CoordinationException>(() => PutForEverAsync(host).WaitAsync(Limit));
        Assert.Equal(CoordinationError.Stopped, failure.Error);
        await Assert.ThrowsAsync<CoordinationException>(() => read.WaitAsync(Limit));
        await RefusedAsync(host, "The node has failed: ");
        await host.WaitForShutdownAsync().WaitAsync(Limit);
    }

    private static async Task PutForEverAsync(IHost host)
    {
        while (true)
            await Store(host).PutAsync(new PutRequest(Key("large"), new byte[ValueBytes]));
    }

    private static async Task RefusedAsync(IHost host, string message)
    {
        var refusal = await Assert.ThrowsAsync<CoordinationException>(() => GetAsync(host, "a"));
        Assert.Equal(CoordinationError.Stopped, refusal.Error);
        Assert.StartsWith(message, refusal.Message);
    }

    private static async Task<string> GetAsync(IHost host, string key)
    {
        var range = await Store(host).RangeAsync(new RangeRequest(Key(key)));
        return Encoding.UTF8.GetString(Assert.Single(range.KeyValues).Value.Span);
    }

    private static async Task<HealthStatus> HealthAsync(IHost host)
    {
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Assert.Equal(QuorateServiceCollectionExtensions.HealthCheckName, Assert.Single(report.Entries).Key);
        return report.Status;
    }

    private static ICoordination Store(IHost host) => host.Services.GetRequiredService<ICoordination>();

    private static byte[] Key(string text) => Encoding.UTF8.GetBytes(text);

    private IHost Single()
    {
        var data = Path.Combine(folder.FullName, "single");
        return Build(node => node.Named("single").Listen(FreeAddresses(1)[0]).Data(data));
    }

    private IHost Build(Action<QuorateNodeBuilder> describe)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLogging();
        builder.Services.AddQuorate(describe);
        var host = builder.Build();
        hosts.Add(host);
        return host;
    }

    private static string[] FreeAddresses(int count)
    {
        var probes = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var probe in probes)
            probe.Start();
        string[] addresses = [.. probes.Select(p => $"127.0.0.1:{((IPEndPoint)p.LocalEndpoint).Port}")];
        foreach (var probe in probes)
            probe.Dispose();
        return addresses;
    }
}
