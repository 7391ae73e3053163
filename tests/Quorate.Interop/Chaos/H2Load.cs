using System.Diagnostics;
using System.Text.RegularExpressions;
using Quorate.Interop.Clients;
using Quorate.Interop.Clusters;
using Quorate.Interop.Processes;

namespace Quorate.Interop.Chaos;

/// <summary>nghttp2's load generator puts at each node; where a node dies it comes back.</summary>
internal sealed class H2Load : IAsyncDisposable
{
    public const string Missing = "h2load is not installed (Debian: nghttp2-client)";

    // A steady load that leaves a small machine room for everything else.
    private const string RequestsOfRun = "400";
    private const string RequestsPerSecond = "200";
    private static readonly string? Program = Project.Find("h2load");
    private static readonly TimeSpan PauseBetweenRuns = TimeSpan.FromMilliseconds(200);

    private readonly TemporaryFolder folder = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Task running;
    private int answered;

    public H2Load(NodeCluster cluster)
    {
        File.WriteAllBytes(folder["put"], GrpcClient.Frame(GrpcClient.Put("h2load/key", "value")));
        running = Task.WhenAll(cluster.Nodes.Select(node => Task.Run(() => RunAsync(node))));
    }

    public static bool IsInstalled => Program is not null;

    /// <summary>How many requests were answered.</summary>
    public int Answered => Volatile.Read(ref answered);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
        folder.Dispose();
    }

    private async Task RunAsync(string node)
    {
        while (!stop.IsCancellationRequested)
        {
            await RunOnceAsync($"http://{node}/etcdserverpb.KV/Put");
            await Task.Delay(PauseBetweenRuns);
        }
    }

    private async Task RunOnceAsync(string url)
    {
        string[] flags = ["-n", RequestsOfRun, "--rps", RequestsPerSecond, "-c", "1", "-m", "32", "-d", folder["put"]];
        using var process = Process.Start(new ProcessStartInfo(Program!, [.. flags, "-H", "content-type: application/grpc", url])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(stop.Token);
            if (Regex.Match(output, @"status codes: (\d+) 2xx") is { Success: true } match)
                Interlocked.Add(ref answered, int.Parse(match.Groups[1].Value));
        }
        catch (OperationCanceledException)
        {
            // The test ends.
        }
        finally
        {
            process.Kill();
        }
    }
}
