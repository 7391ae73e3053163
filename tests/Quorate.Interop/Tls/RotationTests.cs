using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Quorate.Interop.Clients;
using Quorate.Interop.Clusters;
using Quorate.Interop.Processes;

namespace Quorate.Interop.Tls;

/// <summary>Certificates of <c>quorate ca</c>, replaced while three processes run with them.</summary>
public sealed class RotationTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task An_authority_and_every_certificate_are_replaced_and_no_node_restarts()
    {
        Assert.SkipUnless(Etcdctl.IsInstalled, Etcdctl.Missing);
        await CaAsync("init", "--name", "first");
        await IssueAllAsync();
        await using var cluster = new NodeCluster(new NodeClusterOptions { Log = "information", Flags = Flags });
        await cluster.StartAllAsync();
        var client = new Etcdctl(string.Join(',', cluster.Nodes.Select(n => $"https://{n}")), ClientFlags("ca"));
        Assert.Equal("OK", await client.DoAsync("put", "rotation", "1"));
        File.Copy(Of("ca.pem"), Of("old-ca.pem"));
        File.Copy(Of("client.pem"), Of("old-client.pem"));
        File.Copy(Of("client.key"), Of("old-client.key"));
        var before = await ServedAsync(cluster.Address(0));

        Assert.Contains("ca.pem holds both", await CaAsync("roll", "--name", "second"));
        Assert.Equal("OK", await client.DoAsync("put", "rotation", "2"));
        await IssueAllAsync("--renew");
        await WaitUntilAsync(async () => await ServedAsync(cluster.Address(0)) != before);
        Assert.Contains("taken out of", await CaAsync("retire"));
        // Who leads has links to the others from before; a node that comes back must be let in with what there is now.
        await cluster.KillAsync(1);
        await cluster.RestartAsync(1);
        Assert.Equal("OK", await client.DoAsync("put", "rotation", "3"));
        foreach (var node in cluster.Nodes)
            Assert.Equal("rotation\n3", await new Etcdctl($"https://{node}", ClientFlags("ca")).DoAsync("get", "rotation"));

        string[] failFast = ["--command-timeout", "3s", "--dial-timeout", "2s"];
        string[] stale = ["--cacert", Of("ca.pem"), "--cert", Of("old-client.pem"), "--key", Of("old-client.key")];
        await new Etcdctl($"https://{cluster.Nodes[0]}", stale).FailAsync([.. failFast, "get", "rotation"]);
        await new Etcdctl($"https://{cluster.Nodes[0]}", ClientFlags("old-ca")).FailAsync([.. failFast, "get", "rotation"]);
        Assert.Contains("new certificates of", cluster.Process(0).Errors);
        Assert.DoesNotContain("PRIVATE KEY", cluster.Process(0).Errors);
    }

    [Fact]
    public async Task The_authoritys_command_refuses_what_would_lose_a_key_and_keeps_keys_to_their_owner()
    {
        await CaAsync("init");
        await FailAsync(3, "has an authority", "init");
        Assert.Contains("valid until", await CaAsync("issue", "n1", "--host", "10.0.0.1,db.example"));
        await FailAsync(3, "--renew replaces it", "issue", "n1");
        await FailAsync(3, "the authority's own files", "issue", "ca");
        await FailAsync(3, "must be 1 to 63", "issue", "../n2");
        await FailAsync(3, "is no host name", "issue", "n2", "--host", "a b");
        await FailAsync(3, "--days must be", "issue", "n2", "--days", "0");
        await FailAsync(3, "is for servers", "issue", "n2", "--client", "--host", "a");
        Assert.Equal(2, (await CaAsync("list")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        if (!OperatingSystem.IsWindows())
            AssertOwnerOnly("ca.key", "n1.key");
        var names = X509CertificateLoader.LoadCertificateFromFile(Of("n1.pem")).Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        Assert.Equal(["n1", "db.example"], names.EnumerateDnsNames());
        Assert.Equal("10.0.0.1", Assert.Single(names.EnumerateIPAddresses()).ToString());

        File.WriteAllText(Of("ca.key"), File.ReadAllText(Of("n1.key")));
        await FailAsync(1, "is the key of no certificate", "issue", "n3");
        File.Delete(Of("ca.key"));
        await FailAsync(3, "is no authority's folder", "list");
    }

    private async Task IssueAllAsync(params string[] flags)
    {
        for (var node = 0; node < NodeCluster.Size; node++)
            await CaAsync(["issue", $"n{node}", "--days", "2", .. flags]);
        await CaAsync(["issue", "client", "--client", "--days", "2", .. flags]);
    }

    private async Task<string> CaAsync(params string[] words)
    {
        var (exit, output, errors) = await QuorateProcess.RunAsync(folder.Path, ["ca", .. words, "--folder", folder.Path]);
        Assert.True(exit == 0, errors);
        return output;
    }

    private async Task FailAsync(int code, string text, params string[] words)
    {
        var (exit, _, errors) = await QuorateProcess.RunAsync(folder.Path, ["ca", .. words, "--folder", folder.Path]);
        Assert.Equal(code, exit);
        Assert.Contains(text, errors);
    }

    private string[] Flags(int node)
    {
        string[] own = [Of($"n{node}.pem"), Of($"n{node}.key"), Of("ca.pem")];
        return ["--cert", own[0], "--key", own[1], "--ca", own[2], "--client-cert", own[0], "--client-key", own[1], "--client-ca", own[2]];
    }

    private string[] ClientFlags(string ca) => ["--cacert", Of($"{ca}.pem"), "--cert", Of("client.pem"), "--key", Of("client.key")];

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private void AssertOwnerOnly(params string[] names)
    {
        foreach (var name in names)
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Of(name)));
    }

    private string Of(string name) => folder[name];

    private static async Task WaitUntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!await condition())
            await Task.Delay(200, limit.Token);
    }

    // The serial number of the certificate that the node proves itself with.
    private async Task<string> ServedAsync(string address)
    {
        var parts = address.Split(':');
        using var socket = new TcpClient();
        await socket.ConnectAsync(parts[0], int.Parse(parts[1]));
        await using var stream = new SslStream(socket.GetStream());
        using var own = X509Certificate2.CreateFromPemFile(Of("client.pem"), Of("client.key"));
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ClientCertificateContext = SslStreamCertificateContext.Create(own, null, offline: true),
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
        });
        return stream.RemoteCertificate!.GetSerialNumberString();
    }
}
