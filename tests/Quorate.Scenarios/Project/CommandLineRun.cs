using System.Diagnostics;

namespace Quorate.Scenarios.Project;

/// <summary>One finished run of the command line as a process of its own.</summary>
internal sealed record CommandLineRun(int ExitCode, string Output)
{
    /// <summary>Runs the command line that a folder holds, and ends it when it takes too long.</summary>
    public static Task<CommandLineRun> Of(string folder, TimeSpan limit, params string[] arguments) =>
        Of(folder, "quorate.dll", limit, null, arguments);

    /// <summary>The same with a variable of the environment set.</summary>
    public static Task<CommandLineRun> Of(string folder, TimeSpan limit, (string Name, string Value) variable, params string[] arguments) =>
        Of(folder, "quorate.dll", limit, variable, arguments);

    /// <summary>Runs a program that a folder holds, and ends it when it takes too long.</summary>
    public static Task<CommandLineRun> Of(string folder, string program, TimeSpan limit, params string[] arguments) =>
        Of(folder, program, limit, null, arguments);

    private static async Task<CommandLineRun> Of(
        string folder, string program, TimeSpan limit, (string Name, string Value)? variable, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        start.ArgumentList.Add(Path.Combine(folder, program));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        if (variable is { } set)
            start.Environment[set.Name] = set.Value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var late = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{program} {string.Join(' ', arguments)}' did not end within {limit}.");
        }

        return new CommandLineRun(process.ExitCode, await output + await errors);
    }
}
