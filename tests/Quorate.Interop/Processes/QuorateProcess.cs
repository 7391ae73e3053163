using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Quorate.Interop.Processes;

/// <summary>A running <c>quorate</c>. Disposing it kills it.</summary>
internal sealed class QuorateProcess : IAsyncDisposable
{
    private const int Terminate = 15;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly List<string> output = [];
    private readonly List<string> errors = [];
    private readonly Lock sync = new();
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private QuorateProcess(Process process) => this.process = process;

    /// <summary>What it wrote to its standard output.</summary>
    public string Output => Join(output);

    /// <summary>What it wrote to its standard error.</summary>
    public string Errors => Join(errors);

    public static QuorateProcess Start(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Project.CommandLine, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        var running = new QuorateProcess(Process.Start(start)!);
        running.process.OutputDataReceived += (_, e) => running.Take(running.output, e.Data);
        running.process.ErrorDataReceived += (_, e) => running.Take(running.errors, e.Data);
        running.process.BeginOutputReadLine();
        running.process.BeginErrorReadLine();
        return running;
    }

    /// <summary>Runs to the end.</summary>
    public static async Task<(int Exit, string Output, string Errors)> RunAsync(string folder, params string[] arguments)
    {
        await using var running = Start(folder, arguments);
        await running.process.WaitForExitAsync().WaitAsync(StartLimit);
        return (running.process.ExitCode, running.Output, running.Errors);
    }

    /// <summary>Waits for a line that begins so.</summary>
    public async Task<string> WaitForLineAsync(string beginning)
    {
        using var limit = new CancellationTokenSource(StartLimit);
        while (true)
        {
            Task next;
            lock (sync)
            {
                if (output.FirstOrDefault(l => l.StartsWith(beginning, StringComparison.Ordinal)) is { } line)
                    return line;
                next = changed.Task;
            }
            if (process.HasExited)
                throw new InvalidOperationException($"quorate ended with {process.ExitCode} before '{beginning}': {Output}{Errors}");
            await Task.WhenAny(next, process.WaitForExitAsync(limit.Token));
            limit.Token.ThrowIfCancellationRequested();
        }
    }

    /// <summary>kill -9: the process gets no chance to do anything.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Asks it to stop as a service manager does.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        Assert.Equal(0, SendSignal(process.Id, Terminate));
        await process.WaitForExitAsync().WaitAsync(StartLimit);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await KillAsync();
        process.Dispose();
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int process, int signal);

    private void Take(List<string> lines, string? line)
    {
        if (line is null)
            return;
        lock (sync)
        {
            lines.Add(line);
            changed.TrySetResult();
            changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private string Join(List<string> lines)
    {
        lock (sync)
            return string.Join('\n', lines);
    }
}
