using System.Text;
using Quorate.Client;
using Quorate.Client.Providers;
using Quorate.Interop.Clusters;
using Quorate.Interop.Etcd;
using Quorate.Interop.Tls;
using Quorate.Runtime.Machines;
using Quorate.Services.Coordination;
using Quorate.Services.Recipes;
using Quorate.Services.Recipes.Clients;

namespace Quorate.Interop.Recipes;

/// <summary>Passwords and certificates towards real servers.</summary>
[Trait("Speed", "Slow")]
public sealed class RemoteIdentityTests : IAsyncDisposable
{
    private const string Password = "correct horse";
    private static readonly RecipeOptions Lasting = new() { SessionTtl = TimeSpan.FromSeconds(30) };
    private readonly CertificateFolder certificates = new();
    private readonly RealMachine machine = new(new RealMachineOptions { Name = "app" });

    public async ValueTask DisposeAsync()
    {
        await machine.DisposeAsync();
        certificates.Dispose();
    }

    [Fact]
    public async Task A_user_logs_in_and_again_when_the_server_has_forgotten_the_token_and_watch_and_lock_go_on()
    {
        RequireEtcd();
        await using var etcd = new EtcdServer();
        await etcd.InitializeAsync();
        await etcd.ProtectAsync(Password, "root", "orders");
        await using var provider = new EtcdProvider(new EtcdClientOptions { Endpoints = [etcd.Address], User = "orders", Password = Password });
        await using var client = new CoordinationClient(machine, provider, Lasting);
        var held = await client.Locks.AcquireAsync("a");
        var told = new List<string>();
        using var end = new CancellationTokenSource();
        var watching = Task.Run(async () =>
        {
            await foreach (var changes in client.Store.WatchAsync("/quorate/told/", held.Token, end.Token))
                told.AddRange(changes.Events.Select(e => Encoding.UTF8.GetString(e.KeyValue.Value.Span)));
        });
        for (var i = 0; i < 3; i++)
        {
            await client.Store.PutAsync("/quorate/told/k", Encoding.UTF8.GetBytes($"{i}"), held.Fence);
            await UntilAsync(() => told.Count == i + 1 || watching.IsCompleted);
            await etcd.RestartAsync();
        }

        Assert.False(watching.IsCompleted, $"the watch ended: {watching.Exception?.InnerException}");
        Assert.Equal(["0", "1", "2"], told);
        Assert.True(held.IsHeld);
        await client.Store.PutAsync("/quorate/told/k", "3"u8.ToArray(), held.Fence);
        await UntilAsync(() => told.Count == 4);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
    }

    [Theory]
    [InlineData("orders", "wrong", "invalid user ID or password")]
    [InlineData(null, null, "user name is empty")]
    public async Task Who_is_not_accepted_is_told_why(string? user, string? password, string why)
    {
        RequireEtcd();
        await using var etcd = new EtcdServer();
        await etcd.InitializeAsync();
        await etcd.ProtectAsync(Password, "root", "orders");
        await using var provider = new EtcdProvider(new EtcdClientOptions { Endpoints = [etcd.Address], User = user, Password = password });
        var error = await Assert.ThrowsAsync<CoordinationException>(() => provider.RangeAsync(new("/quorate/a"u8.ToArray()), default).AsTask());
        Assert.Contains(why, error.Message);
        Assert.DoesNotContain(Password, error.ToString());
    }

    [Fact]
    public async Task What_a_user_may_not_touch_is_refused_and_a_watch_of_it_ends_with_the_reason()
    {
        RequireEtcd();
        await using var etcd = new EtcdServer();
        await etcd.InitializeAsync();
        await etcd.ProtectAsync(Password, "root", "orders");
        await using var provider = new EtcdProvider(new EtcdClientOptions { Endpoints = [etcd.Address], User = "orders", Password = Password });
        await using var client = new CoordinationClient(machine, provider);
        var error = await Assert.ThrowsAsync<CoordinationException>(() => client.Store.PutAsync("elsewhere", "v"u8.ToArray()).AsTask());
        Assert.Contains("permission denied", error.Message);
        var ended = await Assert.ThrowsAsync<WatchEndedException>(async () =>
        {
            await foreach (var _ in client.Store.WatchAsync("elsewhere", 1))
                Assert.Fail("the watch told something");
        });
        Assert.Equal(WatchEndReason.Refused, ended.Reason);
        Assert.Contains("permission denied", ended.Message);
    }

    [Fact]
    public async Task Over_tls_etcd_serves_who_has_a_certificate_and_is_believed_by_who_knows_its_authority()
    {
        RequireEtcd();
        var (certificate, key) = certificates.Issue("ours", "server");
        var tls = Client("ours", "ours");
        await using var etcd = new EtcdServer(
            ["--cert-file", certificate, "--key-file", key, "--trusted-ca-file", certificates.Of("ours"), "--client-cert-auth"],
            ["--cacert", certificates.Of("ours"), "--cert", tls.CertificateFile!, "--key", tls.KeyFile!]);
        await etcd.InitializeAsync();
        await RequireTlsAsync([etcd.Address], tls);
    }

    [Fact]
    public async Task Over_tls_a_cluster_serves_who_has_a_certificate_and_is_believed_by_who_knows_its_authority()
    {
        await using var cluster = new NodeCluster(new NodeClusterOptions
        {
            Flags = node =>
            {
                var (own, key) = certificates.Issue("ours", $"n{node}");
                var (serving, servingKey) = certificates.Issue("ours", $"server{node}");
                return
                [
                    "--cert", own, "--key", key, "--ca", certificates.Of("ours"),
                    "--client-cert", serving, "--client-key", servingKey, "--client-ca", certificates.Of("ours"),
                ];
            },
        });
        await cluster.StartAllAsync();
        await RequireTlsAsync(cluster.Nodes, Client("ours", "ours"));
    }

    private async Task RequireTlsAsync(IReadOnlyList<string> endpoints, EtcdTls right)
    {
        await using (var provider = new EtcdProvider(new EtcdClientOptions { Endpoints = endpoints, Tls = right }))
        await using (var client = new CoordinationClient(machine, provider))
        await using (var held = await client.Locks.AcquireAsync("a"))
            await client.Store.PutAsync("k", "v"u8.ToArray(), held.Fence);

        // A server of an authority that is not believed; a certificate of an authority that the server does not believe; and none.
        EtcdTls[] wrong = [Client("other", "ours"), Client("ours", "other"), new EtcdTls { AuthorityFile = certificates.Of("ours") }];
        foreach (var tls in wrong)
        {
            var options = new EtcdClientOptions { Endpoints = endpoints, Tls = tls, CallTimeout = TimeSpan.FromSeconds(2) };
            await using var provider = new EtcdProvider(options);
            await Assert.ThrowsAsync<CoordinationException>(() => provider.RangeAsync(new("k"u8.ToArray()), default).AsTask());
        }
    }

    private EtcdTls Client(string authority, string issuer)
    {
        var (certificate, key) = certificates.Issue(issuer, "client");
        return new EtcdTls { AuthorityFile = certificates.Of(authority), CertificateFile = certificate, KeyFile = key };
    }

    private static void RequireEtcd()
    {
        Assert.SkipUnless(EtcdServer.IsInstalled, EtcdServer.Missing);
        Assert.SkipUnless(Clients.Etcdctl.IsInstalled, Clients.Etcdctl.Missing);
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!holds())
            await Task.Delay(20, limit.Token);
    }
}
