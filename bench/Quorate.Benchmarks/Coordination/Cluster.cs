using System.Diagnostics;
using System.Net.Sockets;

namespace Quorate.Benchmarks.Coordination;

/// <summary>Three server processes on loopback, of one kind, with their data in a temporary folder.</summary>
internal sealed class Cluster : IDisposable
{
    private readonly List<Process> processes = [];
    private readonly string folder = Directory.CreateTempSubdirectory("quorate-bench-").FullName;

    private Cluster(string kind) => Kind = kind;

    public string Kind { get; }

    public string[] Endpoints { get; private set; } = [];

    public string Leader { get; private set; } = "";

    public static Task<Cluster> StartEtcdAsync()
    {
        var (peers, clients) = (FreePorts.Some(3), FreePorts.Some(3));
        var members = string.Join(',', Enumerable.Range(0, 3).Select(i => $"n{i}=http://127.0.0.1:{peers[i]}"));
        return StartAsync("etcd", clients, (i, data) => ("etcd",
        [
            "--name", $"n{i}", "--data-dir", data, "--log-level", "error", "--initial-cluster", members, "--initial-cluster-state", "new",
            "--listen-peer-urls", $"http://127.0.0.1:{peers[i]}", "--initial-advertise-peer-urls", $"http://127.0.0.1:{peers[i]}",
            "--listen-client-urls", $"http://127.0.0.1:{clients[i]}", "--advertise-client-urls", $"http://127.0.0.1:{clients[i]}",
        ]));
    }

    public static Task<Cluster> StartQuorateAsync()
    {
        var (peers, clients) = (FreePorts.Some(3), FreePorts.Some(3));
        var members = string.Join(',', Enumerable.Range(0, 3).Select(i => $"n{i + 1}=127.0.0.1:{peers[i]}"));
        var program = Path.Combine(AppContext.BaseDirectory, "quorate.dll");
        return StartAsync("quorate", clients, (i, data) => ("dotnet",
        [
            program, "node", "--name", $"n{i + 1}", "--data", data, "--peer-listen", $"127.0.0.1:{peers[i]}",
            "--etcd-listen", $"127.0.0.1:{clients[i]}", "--cluster", members,
        ]));
    }

    /// <summary>The resident memory of the largest process, in MiB.</summary>
    public double ResidentMiB() => processes.Max(p =>
    {
        p.Refresh();
        return p.WorkingSet64 / 1048576.0;
    });

    public void Dispose()
    {
        foreach (var process in processes)
        {
            if (!process.HasExited)
                process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task<Cluster> StartAsync(string kind, int[] ports, Func<int, string, (string Program, string[] Arguments)> command)
    {
        var cluster = new Cluster(kind) { Endpoints = [.. ports.Select(p => $"127.0.0.1:{p}")] };
        try
        {
            for (var i = 0; i < ports.Length; i++)
            {
                var (program, arguments) = command(i, Path.Combine(cluster.folder, $"n{i}"));
                cluster.processes.Add(Tool.Start(program, arguments));
            }

            await cluster.FindLeaderAsync();
            return cluster;
        }
        catch
        {
            cluster.Dispose();
            throw;
        }
    }

    private async Task FindLeaderAsync()
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var status = await Tool.RunAsync("etcdctl", $"--endpoints={string.Join(',', Endpoints)}", "endpoint", "status");
            var leader = status.Split('\n').Select(l => l.Split(", ")).FirstOrDefault(f => f.Length > 4 && f[4] == "true");
            if (leader is not null)
            {
                Leader = leader[0];
                return;
            }

            await Task.Delay(200);
        }

        throw new InvalidOperationException($"{Kind} has no leader after 20 s.");
    }
}
