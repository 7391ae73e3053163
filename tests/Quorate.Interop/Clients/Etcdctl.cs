using System.Diagnostics;
using Quorate.Interop.Processes;

namespace Quorate.Interop.Clients;

/// <summary>etcd's own command line client.</summary>
internal sealed class Etcdctl(string endpoints, params string[] flags)
{
    public const string Missing = "etcdctl is not installed (Debian: etcd-client)";
    private static readonly string? Program = Project.Find("etcdctl");

    // Its own five seconds are short for a machine that builds or tests something else as well. A later flag wins.
    private static readonly string[] Patience = ["--command-timeout", "20s", "--dial-timeout", "10s"];

    public static bool IsInstalled => Program is not null;

    /// <summary>Runs a command that must succeed.</summary>
    public async Task<string> DoAsync(params string[] arguments)
    {
        var (exit, output, errors) = await RunAsync(null, arguments);
        Assert.True(exit == 0, $"etcdctl {string.Join(' ', arguments)}: {exit}\n{output}\n{errors}");
        return output.TrimEnd('\n');
    }

    /// <summary>Runs a command that must fail.</summary>
    public async Task<string> FailAsync(params string[] arguments)
    {
        var (exit, output, errors) = await RunAsync(null, arguments);
        Assert.True(exit != 0, $"etcdctl {string.Join(' ', arguments)} should fail: {output}");
        return errors;
    }

    public async Task<(int Exit, string Output, string Errors)> RunAsync(string? input, params string[] arguments)
    {
        using var process = Start(arguments);
        if (input is not null)
            await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
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

    /// <summary>Starts a command that goes on until it is killed.</summary>
    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Program!, ["--endpoints", endpoints, .. Patience, .. flags, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ETCDCTL_API"] = "3";
        return Process.Start(start)!;
    }
}
