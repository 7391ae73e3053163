using System.Diagnostics;
using Quorate.Interop.Clients;
using Quorate.Interop.Processes;

namespace Quorate.Interop.Etcd;

/// <summary>One node of etcd itself, to compare with.</summary>
public sealed class EtcdServer : IAsyncLifetime
{
    private static readonly string? Program = Project.Find("etcd");
    private readonly TemporaryFolder folder = new();
    private Process? process;

    public static bool IsInstalled => Program is not null;

    public string Address { get; private set; } = "";

    internal Etcdctl Etcdctl => new(Address);

    public async ValueTask InitializeAsync()
    {
        if (Program is null)
            return;
        var (client, peer) = (FreePorts.Row(1), FreePorts.Row(1));
        Address = $"127.0.0.1:{client}";
        process = Process.Start(new ProcessStartInfo(
            Program,
            [
                "--data-dir", folder.Path, "--listen-client-urls", $"http://{Address}", "--advertise-client-urls", $"http://{Address}",
                "--listen-peer-urls", $"http://127.0.0.1:{peer}", "--initial-advertise-peer-urls", $"http://127.0.0.1:{peer}",
                "--initial-cluster", $"default=http://127.0.0.1:{peer}", "--log-level", "error",
            ])
        { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        await Etcdctl.DoAsync("endpoint", "health");
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        folder.Dispose();
    }
}
