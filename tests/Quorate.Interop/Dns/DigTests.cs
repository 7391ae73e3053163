using System.Diagnostics;
using Quorate.Interop.Clients;

namespace Quorate.Interop.Dns;

/// <summary>dig asks real nodes for services that etcdctl has registered.</summary>
[Trait("Speed", "Slow")]
public sealed class DigTests(DnsCluster cluster) : IClassFixture<DnsCluster>
{
    private Dig Dig => cluster.Digs[0];

    [Fact]
    public async Task Every_kind_of_record_is_answered_by_every_node()
    {
        Need();
        await RegisterAsync("web", "a1", """{"address":"10.0.0.1","port":8080,"tags":["v1"],"metadata":{"version":"1.2"}}""");
        await RegisterAsync("web", "a2", """{"address":"fd00::2","port":8081,"priority":1,"weight":5}""");
        foreach (var dig in cluster.Digs)
        {
            await UntilAsync(async () => (await dig.ShortAsync("web.service.quorate", "SRV")).Length == 2);
            Assert.Equal(
                ["0 1 8080 a1.web.instance.service.quorate.", "1 5 8081 a2.web.instance.service.quorate."], await dig.ShortAsync("web.service.quorate", "SRV"));
            Assert.Equal(await dig.ShortAsync("web.service.quorate", "SRV"), await dig.ShortAsync("_web._tcp.service.quorate", "SRV"));
            Assert.Equal(["10.0.0.1"], await dig.ShortAsync("web.service.quorate", "A"));
            Assert.Equal(["fd00::2"], await dig.ShortAsync("a2.web.instance.service.quorate", "AAAA"));
            Assert.Equal(["10.0.0.1"], await dig.ShortAsync("v1.web.service.quorate"));
            Assert.Equal(["\"instance=a1\" \"version=1.2\"", "\"instance=a2\""], await dig.ShortAsync("web.service.quorate", "TXT"));
            Assert.Equal(["ns.service.quorate."], await dig.ShortAsync("service.quorate", "NS"));
            Assert.Equal(["127.0.0.1"], await dig.ShortAsync("ns.service.quorate"));
            Assert.Equal(await dig.ShortAsync("web.service.quorate", "SRV"), await dig.ShortAsync("+tcp", "web.service.quorate", "SRV"));
        }

        var additional = await Dig.AskAsync("web.service.quorate", "SRV");
        Assert.Contains("a1.web.instance.service.quorate. 0 IN\tA\t10.0.0.1", additional);
        Assert.Contains("flags: qr aa rd;", additional);
        Assert.Contains("WeB.service.quorate.", await Dig.AskAsync("WeB.service.quorate"));
    }

    [Fact]
    public async Task What_is_not_there_and_what_is_not_ours_is_told_apart()
    {
        Need();
        await RegisterAsync("sick", "a", """{"address":"10.0.0.1","port":80,"healthy":false}""");
        await UntilAsync(async () => (await Dig.AskAsync("sick.service.quorate")).Contains("status: NOERROR"));
        Assert.Contains("SOA\tns.service.quorate.", await Dig.AskAsync("sick.service.quorate"));
        var nothing = await Dig.AskAsync("nothing.service.quorate");
        Assert.Contains("status: NXDOMAIN", nothing);
        Assert.Contains("SOA\tns.service.quorate.", nothing);
        Assert.Contains("status: REFUSED", await Dig.AskAsync("example.com"));
        Assert.Contains("status: REFUSED", await Dig.AskAsync("-c", "CH", "version.bind", "TXT"));
        Assert.Contains("HINFO", await Dig.AskAsync("sick.service.quorate", "ANY"));
        Assert.Contains("status: NOTIMP", await Dig.AskAsync("+opcode=2", "sick.service.quorate"));
        Assert.Contains("status: BADVERS", await Dig.AskAsync("+edns=1", "+noednsnegotiation", "sick.service.quorate"));
        Assert.Contains("status: NOERROR", await Dig.AskAsync("+ednsopt=65001:0102", "+nsid", "+subnet=10.0.0.0/8", "sick.service.quorate"));
    }

    [Fact]
    public async Task What_does_not_fit_is_cut_and_comes_over_a_connection()
    {
        Need();
        for (var i = 0; i < 60; i++)
            await RegisterAsync("many", $"a{i}", $$"""{"address":"10.0.1.{{i}}","port":80}""");
        await UntilAsync(async () => (await Dig.ShortAsync("many.service.quorate")).Length == 60);
        var cut = await Dig.AskAsync("+ignore", "+bufsize=512", "many.service.quorate");
        Assert.Contains("flags: qr aa tc rd;", cut);
        Assert.Contains("ANSWER: 0,", cut);
        Assert.Contains("flags: qr aa tc rd;", await Dig.AskAsync("+ignore", "+noedns", "many.service.quorate"));
        Assert.DoesNotContain(" tc ", await Dig.AskAsync("+ignore", "+bufsize=1232", "many.service.quorate"));
        Assert.Equal(60, (await Dig.ShortAsync("+bufsize=512", "many.service.quorate")).Length);
        Assert.Contains("(TCP)", await Dig.AskAsync("+bufsize=512", "many.service.quorate"));
        Assert.Equal(60, (await Dig.ShortAsync("+bufsize=4096", "many.service.quorate", "SRV")).Length);
    }

    [Fact]
    public async Task Answers_follow_the_registry_within_a_second()
    {
        Need();
        var lease = await RegisterAsync("quick", "a", """{"address":"10.0.0.1","port":80}""");
        await WithinASecondAsync(["10.0.0.1"]);
        await RegisterAsync("quick", "b", """{"address":"10.0.0.2","port":80}""");
        await WithinASecondAsync(["10.0.0.1", "10.0.0.2"]);
        await cluster.Etcdctl.DoAsync("lease", "revoke", lease);
        await WithinASecondAsync(["10.0.0.2"]);
        await RegisterAsync("quick", "b", """{"address":"10.0.0.2","port":80,"healthy":false}""");
        await WithinASecondAsync([]);
    }

    private static void Need()
    {
        Assert.SkipUnless(Dig.IsInstalled, Dig.Missing);
        Assert.SkipUnless(Etcdctl.IsInstalled, Etcdctl.Missing);
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var patience = Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(20), "not within 20 s");
            await Task.Delay(20);
        }
    }

    private async Task WithinASecondAsync(string[] addresses)
    {
        var since = Stopwatch.StartNew();
        await UntilAsync(async () => (await Dig.ShortAsync("quick.service.quorate")).SequenceEqual(addresses));
        Assert.InRange(since.Elapsed.TotalSeconds, 0, 1);
    }

    private async Task<string> RegisterAsync(string service, string instance, string value)
    {
        var lease = (await cluster.Etcdctl.DoAsync("lease", "grant", "60")).Split(' ')[1];
        await cluster.Etcdctl.DoAsync("put", "--lease", lease, $"/quorate/service/{service}/{instance}", value);
        return lease;
    }
}
