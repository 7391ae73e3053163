using System.Diagnostics;

namespace Quorate.Benchmarks.Coordination;

/// <summary>Three server processes on loopback, of one kind, with their data in a temporary folder.</summary>
internal sealed class Cluster : IDisposable
{
    private readonly List<Func<Process>> starts = [];
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
    public double ResidentMiB() => Enumerable.Range(0, processes.Count).Max(ResidentMiB);

    /// <summary>The resident memory of one process, in MiB.</summary>
    public double ResidentMiB(int place)
    {
        processes[place].Refresh();
        return processes[place].WorkingSet64 / 1048576.0;
    }

    /// <summary>The processor time that all processes took so far, in seconds.</summary>
    public double ProcessorSeconds() => processes.Sum(p =>
    {
        p.Refresh();
        return p.TotalProcessorTime.TotalSeconds;
    });

    /// <summary>A place among the endpoints.</summary>
    public int PlaceOf(string endpoint) => Array.IndexOf(Endpoints, endpoint);

    /// <summary>kill -9.</summary>
    public void Kill(int place)
    {
        processes[place].Kill();
        processes[place].WaitForExit();
        processes[place].Dispose();
    }

    /// <summary>Starts a process again on its data.</summary>
    public void Restart(int place) => processes[place] = starts[place]();

    /// <summary>Waits until one of the nodes leads, other than one that is left out.</summary>
    public async Task FindLeaderAsync(string? leftOut = null)
    {
        var asked = string.Join(',', Endpoints.Where(e => e != leftOut));
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var status = await Tool.RunAsync("etcdctl", $"--endpoints={asked}", "endpoint", "status");
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
                cluster.starts.Add(() => Tool.Start(program, arguments));
                cluster.processes.Add(cluster.starts[i]());
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
}
