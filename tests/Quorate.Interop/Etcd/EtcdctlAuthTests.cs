using System.Security.Cryptography;
using System.Text.Json;
using Quorate.Interop.Clients;
using Quorate.Interop.Clusters;
using Quorate.Interop.Processes;
using Quorate.Interop.Tls;

namespace Quorate.Interop.Etcd;

/// <summary>Authentication as etcdctl sets it up and uses it.</summary>
[Trait("Speed", "Slow")]
public sealed class EtcdctlAuthTests
{
    [Fact]
    public async Task Users_do_what_their_roles_permit_and_the_audit_log_says_who_did_what()
    {
        Assert.SkipUnless(Etcdctl.IsInstalled, Etcdctl.Missing);
        using var folder = new TemporaryFolder();
        await using var cluster = new NodeCluster(new NodeClusterOptions { Flags = node => ["--audit-log", folder[$"audit-{node}"]] });
        await cluster.StartAllAsync();
        var anybody = new Etcdctl(string.Join(',', cluster.Nodes));
        await SetUpAsync(anybody);
        var (root, alice) = (As(cluster, "root:r"), As(cluster, "alice:a"));

        Assert.Equal("OK", await alice.DoAsync("put", "a/1", "x"));
        Assert.Equal("a/1\nx", await alice.DoAsync("get", "a/", "--prefix"));
        Assert.Contains("permission denied", await alice.FailAsync("put", "b", "x"));
        Assert.Contains("permission denied", await alice.FailAsync("get", "", "--prefix"));
        Assert.Contains("user name is empty", await anybody.FailAsync("get", "a/1"));
        Assert.Contains("invalid user ID or password", await As(cluster, "alice:wrong-password").FailAsync("get", "a/1"));
        Assert.Contains("permission denied", (await alice.RunAsync("\nput b y\n\n\n", "txn")).Errors);
        Assert.StartsWith("SUCCESS", (await alice.RunAsync("\nput a/2 y\n\n\n", "txn")).Output);
        Assert.Contains("done", await alice.DoAsync("lock", "a/lock", "echo", "done"));
        Assert.Contains("permission denied", await alice.FailAsync("lock", "b/lock", "echo", "done"));
        Assert.Contains("permission denied", await alice.FailAsync("member", "add", "n4", "--peer-urls=http://127.0.0.1:1"));
        Assert.Contains("permission denied", await AsAt(cluster, "alice:a").FailAsync("snapshot", "save", folder["refused"]));
        await AsAt(cluster, "root:r").DoAsync("snapshot", "save", folder["saved"]);
        using (var watch = alice.Start("watch", "a/", "--prefix"))
        {
            // Until the watch is there, nothing shows that it is.
            var line = watch.StandardOutput.ReadLineAsync();
            while (!line.IsCompleted)
            {
                await alice.DoAsync("put", "a/3", "z");
                await Task.WhenAny(line, Task.Delay(200));
            }

            Assert.Equal("PUT", await line);
            await root.DoAsync("user", "revoke-role", "alice", "mine");
            await watch.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
        }

        Assert.Contains("permission denied", await alice.FailAsync("get", "a/1"));
        Assert.Equal("Authentication Disabled", await root.DoAsync("auth", "disable"));
        Assert.Equal("a/1\nx", await anybody.DoAsync("get", "a/1"));
        await CheckAuditAsync(cluster, folder);
    }

    [Fact]
    public async Task A_token_that_is_signed_is_good_at_every_member_and_until_users_change()
    {
        Assert.SkipUnless(Etcdctl.IsInstalled, Etcdctl.Missing);
        using var folder = new TemporaryFolder();
        using var key = RSA.Create(2048);
        await File.WriteAllTextAsync(folder["private.pem"], key.ExportPkcs8PrivateKeyPem());
        await File.WriteAllTextAsync(folder["public.pem"], key.ExportSubjectPublicKeyInfoPem());
        var flag = $"jwt,pub-key={folder["public.pem"]},priv-key={folder["private.pem"]},sign-method=RS256,ttl=10m";
        await using var cluster = new NodeCluster(new NodeClusterOptions { Flags = _ => ["--auth-token", flag] });
        await cluster.StartAllAsync();
        await SetUpAsync(new Etcdctl(string.Join(',', cluster.Nodes)));
        Assert.Equal("OK", await As(cluster, "alice:a").DoAsync("put", "a/1", "x"));
        using var http = new HttpClient();
        var token = JsonDocument.Parse((await PostAsync(
            http, cluster.Nodes[0], "auth/authenticate", """{"name":"alice","password":"a"}""", null)).Body).RootElement.GetProperty("token").GetString()!;
        Assert.Equal(3, token.Split('.').Length);
        foreach (var node in cluster.Nodes)
            Assert.Equal(200, (await PostAsync(http, node, "kv/range", """{"key":"YS8x"}""", token)).Status);
        Assert.Equal(401, (await PostAsync(http, cluster.Nodes[0], "kv/range", """{"key":"YS8x"}""", token[..^8])).Status);
        await As(cluster, "root:r").DoAsync("role", "add", "another");
        Assert.Contains("revision of auth store is old", (await PostAsync(http, cluster.Nodes[0], "kv/range", """{"key":"YS8x"}""", token)).Body);
    }

    [Fact]
    public async Task The_common_name_of_a_certificate_is_the_user_but_not_through_the_gateway()
    {
        Assert.SkipUnless(Etcdctl.IsInstalled, Etcdctl.Missing);
        using var certificates = new CertificateFolder();
        await using var cluster = new NodeCluster(new NodeClusterOptions
        {
            Flags = node =>
            {
                var (certificate, key) = certificates.Issue("ours", $"n{node}");
                return ["--client-cert", certificate, "--client-key", key, "--client-ca", certificates.Of("ours")];
            },
        });
        await cluster.StartAllAsync();
        var (alice, root) = (With(certificates, cluster, "alice"), With(certificates, cluster, "root"));
        await SetUpAsync(root);
        Assert.Equal("OK", await alice.DoAsync("put", "a/1", "x"));
        Assert.Contains("permission denied", await alice.FailAsync("put", "b", "x"));
        Assert.Equal("OK", await root.DoAsync("put", "b", "x"));
        Assert.Contains("permission denied", await With(certificates, cluster, "stranger").FailAsync("get", "a/1"));
        // A token goes before the certificate.
        Assert.Contains("permission denied", await With(certificates, cluster, "root", "--user", "alice:a").FailAsync("put", "b", "x"));
    }

    private static async Task SetUpAsync(Etcdctl anybody)
    {
        await anybody.DoAsync("user", "add", "root:r");
        Assert.Equal("Role root is granted to user root", await anybody.DoAsync("user", "grant-role", "root", "root"));
        await anybody.DoAsync("user", "add", "alice:a");
        await anybody.DoAsync("role", "add", "mine");
        await anybody.DoAsync("role", "grant-permission", "mine", "readwrite", "a/", "--prefix");
        await anybody.DoAsync("user", "grant-role", "alice", "mine");
        Assert.Equal("Authentication Enabled", await anybody.DoAsync("auth", "enable"));
    }

    private static Etcdctl As(NodeCluster cluster, string user) => new(string.Join(',', cluster.Nodes), "--user", user);

    // A snapshot is of one member.
    private static Etcdctl AsAt(NodeCluster cluster, string user) => new(cluster.Nodes[0], "--user", user);

    private static Etcdctl With(CertificateFolder certificates, NodeCluster cluster, string name, params string[] flags)
    {
        var (certificate, key) = certificates.Issue("ours", name);
        return new Etcdctl(
            string.Join(',', cluster.Nodes.Select(node => $"https://{node}")),
            ["--cacert", certificates.Of("ours"), "--cert", certificate, "--key", key, .. flags]);
    }

    private static async Task CheckAuditAsync(NodeCluster cluster, TemporaryFolder folder)
    {
        var lines = new List<JsonElement>();
        for (var node = 0; node < NodeCluster.Size; node++)
        {
            await cluster.Process(node).StopAsync();
            lines.AddRange((await File.ReadAllLinesAsync(folder[$"audit-{node}"])).Select(line => JsonDocument.Parse(line).RootElement));
        }

        Assert.Contains(lines, l => Is(l, "method", "RoleGrantPermission") && Is(l, "on", "mine, ReadWrite [a/, a0)") && Is(l, "outcome", "ok"));
        Assert.Contains(lines, l => Is(l, "method", "Put") && Is(l, "user", "alice") && Is(l, "outcome", "etcdserver: permission denied"));
        Assert.Contains(lines, l => Is(l, "method", "MemberAdd") && Is(l, "user", "alice"));
        Assert.Contains(lines, l => Is(l, "method", "Authenticate") && Is(l, "user", "alice") && !Is(l, "outcome", "ok"));
        Assert.All(lines, l => Assert.DoesNotContain("wrong-password", l.GetRawText(), StringComparison.Ordinal));
        Assert.All(lines, l => Assert.StartsWith("127.0.0.1:", l.GetProperty("from").GetString(), StringComparison.Ordinal));

        static bool Is(JsonElement line, string field, string value) => line.GetProperty(field).GetString() == value;
    }

    private static async Task<(int Status, string Body)> PostAsync(HttpClient http, string server, string path, string body, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{server}/v3/{path}") { Content = new StringContent(body) };
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", token);
        using var answer = await http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
