using Quorate.Interop.Clients;
using Quorate.Interop.Clusters;

namespace Quorate.Interop.Tls;

/// <summary>Three processes that speak only TLS, with certificates on both sides.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly CertificateFolder certificates = new();

    public void Dispose() => certificates.Dispose();

    [Fact]
    public async Task Only_clients_with_a_certificate_of_the_authority_are_served_and_no_key_is_logged()
    {
        Assert.SkipUnless(Etcdctl.IsInstalled, Etcdctl.Missing);
        await using var cluster = Cluster(node => certificates.Issue("ours", $"n{node}"));
        await cluster.StartAllAsync();

        Assert.Equal("OK", await Client(cluster, "ours").DoAsync("put", "tls/a", "1"));
        var reader = Flags(certificates.Issue("ours", "reader"));
        foreach (var node in cluster.Nodes)
            Assert.Equal("tls/a\n1", await new Etcdctl($"https://{node}", reader).DoAsync("get", "tls/a"));

        string[] failFast = ["--command-timeout", "3s", "--dial-timeout", "2s"];
        await Client(cluster, "other").FailAsync([.. failFast, "put", "tls/b", "of another authority"]);
        var nobody = new Etcdctl(Https(cluster), "--cacert", certificates.Of("ours"));
        await nobody.FailAsync([.. failFast, "put", "tls/b", "without certificate"]);
        await new Etcdctl(string.Join(',', cluster.Nodes)).FailAsync([.. failFast, "put", "tls/b", "without TLS"]);
        Assert.Equal("", await Client(cluster, "ours").DoAsync("get", "tls/b"));

        for (var i = 0; i < NodeCluster.Size; i++)
        {
            Assert.Equal(0, await cluster.Process(i).StopAsync());
            var told = cluster.Process(i).Output + cluster.Process(i).Errors;
            Assert.Contains("link to", told);
            Assert.DoesNotContain("PRIVATE KEY", told);
            Assert.All(certificates.KeyLines, line => Assert.DoesNotContain(line, told));
        }
    }

    [Fact]
    public async Task A_node_without_a_right_certificate_is_kept_out_and_told_why_until_it_has_one()
    {
        Assert.SkipUnless(Etcdctl.IsInstalled, Etcdctl.Missing);
        var ofLast = certificates.Issue("other", "n2");
        await using var cluster = Cluster(node => node == 2 ? ofLast : certificates.Issue("ours", $"n{node}"));
        var refused = cluster.Launch(2);
        cluster.Launch(0);
        cluster.Launch(1);
        await cluster.Process(0).WaitForLineAsync("ready");
        await cluster.Process(0).WaitForErrorAsync("the TLS handshake failed, as one side does not accept the other's certificate");
        await refused.WaitForErrorAsync("is down: Cannot connect to");
        // A client that happened to ask the node without a leader would wait as long as that does.
        var served = $"https://{cluster.Nodes[0]},https://{cluster.Nodes[1]}";
        Assert.Equal("OK", await new Etcdctl(served, Flags(certificates.Issue("ours", "client"))).DoAsync("put", "kept/out", "1"));
        Assert.DoesNotContain("ready", refused.Output);
        await refused.KillAsync();

        // Of the right authority, but another node's.
        ofLast = certificates.Issue("ours", "n7");
        var impostor = cluster.Launch(2);
        await cluster.Process(0).WaitForErrorAsync("the certificate names 'n7', which is not node");
        Assert.DoesNotContain("ready", impostor.Output);
        await impostor.KillAsync();

        ofLast = certificates.Issue("ours", "n2");
        await cluster.RestartAsync(2);
        Assert.Equal("kept/out\n1", await new Etcdctl($"https://{cluster.Nodes[2]}", Flags(ofLast)).DoAsync("get", "kept/out"));
    }

    private NodeCluster Cluster(Func<int, (string Certificate, string Key)> certificate) => new(new NodeClusterOptions
    {
        Log = "debug",
        Flags = node =>
        {
            var (own, key) = certificate(node);
            var (serving, servingKey) = certificates.Issue("ours", $"server{node}");
            return
            [
                "--cert", own, "--key", key, "--ca", certificates.Of("ours"),
                "--client-cert", serving, "--client-key", servingKey, "--client-ca", certificates.Of("ours"),
            ];
        },
    });

    private Etcdctl Client(NodeCluster cluster, string authority) => new(Https(cluster), Flags(certificates.Issue(authority, "client")));

    private string[] Flags((string Certificate, string Key) own) =>
        ["--cacert", certificates.Of("ours"), "--cert", own.Certificate, "--key", own.Key];

    private static string Https(NodeCluster cluster) => string.Join(',', cluster.Nodes.Select(n => $"https://{n}"));
}
