using System.Diagnostics;
using Quorate.Interop.Etcd;
using Quorate.Interop.Processes;

namespace Quorate.Interop.Languages;

/// <summary>Clients of other languages, unmodified, each doing what its users do. What they do is in the scripts of this folder.</summary>
public sealed class LanguageTests(UpCluster cluster) : IClassFixture<UpCluster>
{
    // Debian's Python sees Debian's packages; another one that comes first on the path does not.
    private const string Python = "/usr/bin/python3";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly string Scripts = Path.Combine(Project.Root, "tests/Quorate.Interop/Languages");
    private static readonly string Modules = Path.Combine(Project.Root, "tests/Quorate.Interop/obj/npm/node_modules");

    [Fact]
    public async Task Etcd3_of_npm()
    {
        Assert.SkipUnless(Project.Find("node") is not null, "node is not installed (Debian: nodejs)");
        Assert.SkipUnless(Directory.Exists(Path.Combine(Modules, "etcd3")), "etcd3 of npm is not installed (./test installs it)");
        await RunAsync(
            ["keys", "transactions", "leases", "watches", "locks", "elections", "maintenance"],
            "node", "client.js", string.Join(',', cluster.Nodes));
    }

    [Fact]
    public async Task Etcd3_of_python()
    {
        Assert.SkipUnless(File.Exists(Python) && await ImportsAsync("etcd3"), "Python's etcd3 is not installed (Debian: python3-etcd3)");
        using var folder = new TemporaryFolder();
        await RunAsync(
            ["keys", "transactions", "leases", "watches", "locks", "maintenance"], Python, "client.py", cluster.Nodes[0], folder["py.snapshot"]);
        Assert.True(new FileInfo(folder["py.snapshot"]).Length > 0);
    }

    [Fact]
    public async Task Curl_on_the_gateway()
    {
        Assert.SkipUnless(Project.Find("curl") is not null, "curl is not installed");
        Assert.SkipUnless(Project.Find("bash") is not null, "bash is not installed");
        await RunAsync(["keys", "leases", "watches", "locks", "maintenance"], "bash", "client.sh", cluster.Nodes[1]);
    }

    private static async Task<bool> ImportsAsync(string module) => (await StartAsync(Python, "-c", $"import {module}")).Exit == 0;

    private static async Task RunAsync(string[] steps, string program, string script, params string[] arguments)
    {
        var (exit, output, errors) = await StartAsync(program, [Path.Combine(Scripts, script), .. arguments]);
        Assert.True(exit == 0, $"{program} {script}: {exit}\n{output}\n{errors}");
        Assert.Equal([.. steps.Select(s => $"ok {s}"), "done"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static async Task<(int Exit, string Output, string Errors)> StartAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["NODE_PATH"] = Modules;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }

        return (process.ExitCode, await output, await errors);
    }
}
