using System.Diagnostics;

namespace Quorate.Benchmarks.Coordination;

/// <summary>Starts programs and reads what they print.</summary>
internal static class Tool
{
    public static Process Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ETCDCTL_API"] = "3";
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += (_, e) =>
        {
            // etcd tells its whole life there; a node of ours speaks only when something is wrong.
            if (e.Data is { Length: > 0 } line && program == "dotnet")
                Console.Error.WriteLine($"{program}: {line}");
        };
        process.BeginErrorReadLine();
        return process;
    }

    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }
}
