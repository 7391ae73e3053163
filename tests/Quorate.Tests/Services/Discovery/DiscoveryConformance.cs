using System.Net;
using Quorate.Kernel.Machines;
using Quorate.Services.Discovery;
using Quorate.Services.Discovery.Catalogs;
using Quorate.Services.Discovery.Registering;
using Quorate.Services.Discovery.Zones;
using Quorate.Services.Dns.Wire;
using Quorate.Services.Recipes.Clients;
using Quorate.Services.Recipes.Providers;
using Quorate.Tests.Services.Recipes;
using Shared.Recipes;

namespace Quorate.Tests.Services.Discovery;

public abstract class DiscoveryConformance : RecipeConformanceBody
{
    private static readonly ServiceEndpoint Orders = new("orders", "a", IPAddress.Parse("10.0.0.1"), 8080);

    [Fact]
    public Task An_instance_is_in_the_catalogue_from_its_registration_to_its_end() => WithCatalog(async (machine, provider, catalog) =>
    {
        await using var client = new CoordinationClient(machine, provider, Short);
        var registrar = new ServiceRegistrar(machine, client.Registry);
        await catalog.WaitUntilReadAsync();
        Assert.Empty((await catalog.ResolveAsync("orders")).Endpoints);
        var a = await registrar.RegisterAsync(Orders);
        await using var b = await registrar.RegisterAsync(Orders with { Instance = "b", Port = 8081 });
        await UntilAsync(() => Names(catalog) is "a b");
        Assert.Equal((8080, false), (catalog.View.Find("orders")!.All[0].Port, catalog.IsStale));
        await a.DisposeAsync();
        await UntilAsync(() => Names(catalog) is "b");
        await client.DisposeAsync();
        await UntilAsync(() => catalog.View.Find("orders") is null);
    });

    [Fact]
    public Task An_instance_whose_check_fails_is_out_within_a_second_and_comes_back() => WithCatalog(async (machine, provider, catalog) =>
    {
        await using var client = new CoordinationClient(machine, provider, Short);
        var isWell = true;
        var stuck = new TaskCompletionSource<CheckResult>();
        var hangs = false;
        var check = new HealthCheck("self", _ => hangs ? new(stuck.Task) : new(new CheckResult(isWell, "broken")));
        await using var registration = await new ServiceRegistrar(machine, client.Registry).RegisterAsync(Orders, [check]);
        await UntilAsync(() => Names(catalog) is "a");
        isWell = false;
        await WithinASecondAsync(() => Names(catalog) is "");
        Assert.Equal("self: broken", catalog.View.Find("orders")!.All[0].Reason);
        isWell = true;
        await WithinASecondAsync(() => Names(catalog) is "a");
        hangs = true;
        await WithinASecondAsync(() => Names(catalog) is "");
        Assert.Contains("no result within", registration.Endpoint.Reason, StringComparison.Ordinal);
        hangs = false;
        stuck.SetException(new InvalidOperationException("late"));
        await WithinASecondAsync(() => Names(catalog) is "a");
    });

    [Fact]
    public Task An_instance_that_begins_broken_is_never_told_and_one_is_taken_out_by_hand() => WithCatalog(async (machine, provider, catalog) =>
    {
        await using var client = new CoordinationClient(machine, provider, Short);
        var isWell = false;
        var check = new HealthCheck("self", _ => isWell ? new(CheckResult.Healthy) : throw new InvalidOperationException("not yet"));
        await using var registration = await new ServiceRegistrar(machine, client.Registry).RegisterAsync(Orders, [check]);
        await UntilAsync(() => catalog.View.Find("orders") is not null);
        Assert.Equal(("", "self: not yet"), (Names(catalog), catalog.View.Find("orders")!.All[0].Reason));
        isWell = true;
        await UntilAsync(() => Names(catalog) is "a");
        await registration.SetOutAsync(true);
        await UntilAsync(() => Names(catalog) is "");
        await registration.SetOutAsync(true);
        await registration.SetOutAsync(false);
        await UntilAsync(() => Names(catalog) is "a");
        await registration.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => registration.SetOutAsync(true).AsTask());
    });

    [Fact]
    public Task A_connection_check_sees_what_listens() => WithCatalog(async (machine, provider, catalog) =>
    {
        await using var client = new CoordinationClient(machine, provider, Short);
        var listener = await machine.Network.ListenAsync(new NetworkAddress("127.0.0.1", 0));
        var check = ConnectionCheck.To(machine, new NetworkAddress("127.0.0.1", listener.Local.Port));
        await using var registration = await new ServiceRegistrar(machine, client.Registry).RegisterAsync(Orders, [check]);
        await UntilAsync(() => Names(catalog) is "a");
        await listener.DisposeAsync();
        await WithinASecondAsync(() => Names(catalog) is "");
    });

    [Fact]
    public Task What_others_write_is_taken_where_it_is_right() => WithCatalog(async (_, provider, catalog) =>
    {
        await PutAsync(provider, "orders/a", """{"address":"10.0.0.1","port":80}""");
        await PutAsync(provider, "orders/b", "nonsense");
        await PutAsync(provider, "Orders/c", """{"address":"10.0.0.1","port":80}""");
        await PutAsync(provider, "orders/d/e", """{"address":"10.0.0.1","port":80}""");
        await UntilAsync(() => Names(catalog) is "a");
        await PutAsync(provider, "orders/b", """{"address":"10.0.0.2","port":80}""");
        await UntilAsync(() => Names(catalog) is "a b");
        await PutAsync(provider, "orders/b", """{"address":"10.0.0.2","port":0}""");
        await UntilAsync(() => Names(catalog) is "a");
        await UntilAsync(() => !catalog.IsStale);
    });

    [Fact]
    public Task History_that_is_compacted_away_is_read_anew() => WithStore(async (machine, provider) =>
    {
        await PutAsync(provider, "orders/a", """{"address":"10.0.0.1","port":80}""");
        await using var catalog = ServiceCatalog.Start(machine, new ForgetfulProvider(provider), Quick);
        await catalog.WaitUntilReadAsync();
        for (var i = 0; i < 3; i++)
            await PutAsync(provider, $"orders/b{i}", """{"address":"10.0.0.2","port":80}""");
        await UntilAsync(() => Names(catalog) is "a b0 b1 b2");
    });

    [Fact]
    public Task The_zone_says_what_is_there_and_what_is_not() => WithCatalog(async (machine, provider, catalog) =>
    {
        var zone = new DiscoveryZone(machine, catalog, new DiscoveryZoneOptions { Servers = [IPAddress.Loopback], Ttl = TimeSpan.FromSeconds(1) });
        await PutAsync(provider, "orders/a", """{"address":"10.0.0.1","port":80,"tags":["v1"],"metadata":{"k":"v"}}""");
        await PutAsync(provider, "orders/b", """{"address":"fd00::1","port":81,"weight":7,"tags":["v1","v2"]}""");
        await PutAsync(provider, "orders/c", """{"address":"10.0.0.3","port":82,"priority":1}""");
        await PutAsync(provider, "orders/d", """{"address":"10.0.0.4","port":83,"healthy":false}""");
        await PutAsync(provider, "sick/a", """{"address":"10.0.0.5","port":84,"healthy":false,"tags":["v9"]}""");
        await UntilAsync(() => catalog.View.Find("sick") is not null);

        Assert.Equal("A 10.0.0.1", Ask("orders", RecordType.A));
        Assert.Equal("AAAA fd00::1", Ask("ORDERS", RecordType.AAAA));
        Assert.Equal("SRV 0 1 80 a|SRV 0 7 81 b|SRV 1 1 82 c + A 10.0.0.1|AAAA fd00::1|A 10.0.0.3", Ask("orders", RecordType.SRV));
        Assert.Equal(Ask("orders", RecordType.SRV), Ask("_orders._tcp", RecordType.SRV));
        Assert.Equal("TXT instance=a k=v|TXT instance=b|TXT instance=c", Ask("orders", RecordType.TXT));
        Assert.Equal("SRV 0 7 81 b + AAAA fd00::1", Ask("v2.orders", RecordType.SRV));
        Assert.Equal("A 10.0.0.1", Ask("v1.orders", RecordType.A));
        Assert.Equal("A 10.0.0.3", Ask("c.orders.instance", RecordType.A));
        Assert.Equal("A 127.0.0.1", Ask("ns", RecordType.A));
        Assert.Equal("SOA", Ask("", RecordType.SOA).Split(' ')[0]);
        Assert.Equal("NS ns.service.quorate. + A 127.0.0.1", Ask("", RecordType.NS));
        foreach (var (name, type) in new[]
        {
            ("orders", (RecordType)15), ("sick", RecordType.A), ("sick", RecordType.SRV), ("v9.sick", RecordType.A), ("d.orders.instance", RecordType.A),
            ("orders.instance", RecordType.A), ("instance", RecordType.A), ("_tcp", RecordType.A), ("_orders._tcp", RecordType.A), ("", RecordType.A),
            ("ns", RecordType.AAAA), ("c.orders.instance", RecordType.AAAA), ("_sick._tcp", RecordType.SRV),
        })
            Assert.Equal("empty", Ask(name, type));
        foreach (var name in new[] { "nothing", "v3.orders", "x.orders.instance", "nothing.instance", "a.b.c.d", "_nothing._tcp", "_orders._udp", "orders._tcp", "_tcp.orders", "x.ns" })
            Assert.Equal("nothing", Ask(name, RecordType.SRV));

        string Ask(string below, RecordType type)
        {
            var answer = zone.Answer(below.Length == 0 ? zone.Apex : DomainName.Parse($"{below}.service.quorate"), type);
            if (answer.Records.Count == 0)
                return answer.Exists ? "empty" : "nothing";
            var order = answer.Records.Select((r, i) => (Text: Text(r), i)).OrderBy(r => r.Text.Replace("SRV 0 7", "SRV 0 1", StringComparison.Ordinal), StringComparer.Ordinal).ToList();
            var additionals = type == RecordType.SRV ? order.Select(r => Text(answer.Additionals[r.i])) : answer.Additionals.Select(Text);
            return string.Join('|', order.Select(r => r.Text)) + (answer.Additionals.Count > 0 ? " + " + string.Join('|', additionals) : "");
        }
    });

    [Fact]
    public Task A_catalogue_that_hears_nothing_is_stale_and_then_lost() => WithStore(async (machine, provider) =>
    {
        await PutAsync(provider, "orders/a", """{"address":"10.0.0.1","port":80}""");
        var cut = new ForgetfulProvider(provider);
        await using var catalog = ServiceCatalog.Start(
            machine, cut, Quick with { FreshMax = TimeSpan.FromSeconds(1), StaleMax = TimeSpan.FromSeconds(3), CallTimeout = TimeSpan.FromMilliseconds(300) });
        await UntilAsync(() => !catalog.IsStale && catalog.View.Revision > 0);
        Assert.False((await catalog.ResolveAsync("orders")).IsStale);
        cut.IsAway = true;
        await UntilAsync(() => catalog.IsStale);
        Assert.True(await catalog.ResolveAsync("ORDERS") is { IsStale: true, Endpoints.Count: 1 });
        await UntilAsync(() => catalog.IsLost);
        await Assert.ThrowsAsync<DiscoveryException>(() => catalog.ResolveAsync("orders").AsTask());
        cut.IsAway = false;
        await UntilAsync(() => !catalog.IsStale);
        Assert.False((await catalog.ResolveAsync("orders")).IsStale);
    });

    [Fact]
    public Task What_cannot_be_registered_is_refused() => WithStore(async (machine, provider) =>
    {
        await using var client = new CoordinationClient(machine, provider, Short);
        var registrar = new ServiceRegistrar(machine, client.Registry);
        var ok = new HealthCheck("x", _ => new(CheckResult.Healthy));
        var metadata = Enumerable.Range(0, 16).Select(i => KeyValuePair.Create($"k{i}", new string('"', 240))).ToArray();
        foreach (var (endpoint, checks) in new (ServiceEndpoint, HealthCheck[])[]
        {
            (Orders with { Service = "Orders" }, []), (Orders with { Port = 0 }, []), (Orders with { Metadata = metadata }, []),
            (Orders, [ok with { Interval = TimeSpan.Zero }]), (Orders, [ok with { Name = "" }]), (Orders, [ok with { FailuresToLeave = 0 }]),
            (Orders, [.. Enumerable.Repeat(ok, 17)]),
        })
            await Assert.ThrowsAsync<ArgumentException>(() => registrar.RegisterAsync(endpoint, checks).AsTask());
    });

    private static CatalogOptions Quick => new() { ConfirmInterval = TimeSpan.FromMilliseconds(200), FreshMax = TimeSpan.FromSeconds(3) };

    private Task WithCatalog(Func<IMachine, ICoordinationProvider, ServiceCatalog, Task> body) => WithStore(async (machine, provider) =>
    {
        await using var catalog = ServiceCatalog.Start(machine, provider, Quick);
        await body(machine, provider, catalog);
    });

    private static string Names(ServiceCatalog catalog) =>
        string.Join(' ', catalog.View.Find("orders")?.Healthy.Select(e => e.Instance) ?? []);

    private static string Text(DnsRecord record) => $"{record.Type} " + record.Data switch
    {
        AddressData address => address.Address.ToString(),
        ServiceData data => $"{data.Priority} {data.Weight} {data.Port} {data.Target.LowerLabel(0)}",
        TextData texts => string.Join(' ', texts.Texts.Select(t => Text(t))),
        NameData name => name.Name.ToString(),
        _ => "",
    };

    private async Task PutAsync(ICoordinationProvider provider, string key, string value) =>
        await provider.TxnAsync(new([], [new Quorate.Services.Coordination.PutRequest(Bytes($"/quorate/service/{key}"), Bytes(value))], []), default);

    private async Task WithinASecondAsync(Func<bool> holds)
    {
        var began = Clock.GetTimestamp();
        await UntilAsync(holds);
        Assert.InRange(Clock.GetElapsedTime(began).TotalMilliseconds, 0, 1100);
    }
}

public sealed class SimulatedDiscovery_conforms : DiscoveryConformance
{
    protected override IRecipeWorld NewWorld() => new SimulatedRecipeWorld();
}

[Trait("Speed", "Slow")]
public sealed class EmbeddedDiscovery_conforms : DiscoveryConformance
{
    protected override IRecipeWorld NewWorld() => new EmbeddedRecipeWorld();
}
