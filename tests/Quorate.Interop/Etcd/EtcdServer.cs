using System.Diagnostics;
using Quorate.Interop.Clients;
using Quorate.Interop.Processes;

namespace Quorate.Interop.Etcd;

/// <summary>One node of etcd itself, to compare with.</summary>
public sealed class EtcdServer : IAsyncLifetime
{
    public const string Missing = "etcd is not installed (Debian: etcd-server)";
    private static readonly string? Program = Project.Find("etcd");
    private readonly TemporaryFolder folder = new();
    private readonly string scheme = "http";
    private readonly string[] flags = [];
    private readonly string[] clientFlags = [];
    private readonly int peer = FreePorts.Row(1);
    private Process? process;
    private string[] identity = [];

    public EtcdServer()
    {
    }

    /// <summary>A node that serves its clients over TLS.</summary>
    /// <param name="flags">What it takes for that.</param>
    /// <param name="clientFlags">What its command line client takes.</param>
    internal EtcdServer(string[] flags, string[] clientFlags) => (scheme, this.flags, this.clientFlags) = ("https", flags, clientFlags);

    public static bool IsInstalled => Program is not null;

    public string Address { get; } = $"127.0.0.1:{FreePorts.Row(1)}";

    internal Etcdctl Etcdctl => new($"{scheme}://{Address}", clientFlags);

    public async ValueTask InitializeAsync()
    {
        if (Program is null)
            return;
        process = Process.Start(new ProcessStartInfo(
            Program,
            [
                "--data-dir", folder.Path, "--listen-client-urls", $"{scheme}://{Address}", "--advertise-client-urls", $"{scheme}://{Address}",
                "--listen-peer-urls", $"http://127.0.0.1:{peer}", "--initial-advertise-peer-urls", $"http://127.0.0.1:{peer}",
                "--initial-cluster", $"default=http://127.0.0.1:{peer}", "--log-level", "error", .. flags,
            ])
        { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        await Etcdctl.DoAsync(["endpoint", "health", .. identity]);
    }

    /// <summary>Sets up users and the role of each for all keys, the first one the root; from now on nobody else is served.</summary>
    internal async Task ProtectAsync(string password, params string[] users)
    {
        await Etcdctl.DoAsync("role", "add", "app");
        await Etcdctl.DoAsync("role", "grant-permission", "app", "--prefix", "readwrite", "/quorate/");
        foreach (var user in users)
        {
            await Etcdctl.DoAsync("user", "add", $"{user}:{password}");
            await Etcdctl.DoAsync("user", "grant-role", user, user == "root" ? "root" : "app");
        }

        await Etcdctl.DoAsync("auth", "enable");
        identity = ["--user", $"{users[0]}:{password}"];
    }

    /// <summary>kill -9, and a new start on the same data: it then knows no token any more.</summary>
    internal async Task RestartAsync()
    {
        await KillAsync();
        await InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        folder.Dispose();
    }

    private async Task KillAsync()
    {
        if (process is null)
            return;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }
}
