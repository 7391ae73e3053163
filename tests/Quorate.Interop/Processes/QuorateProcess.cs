using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Quorate.Interop.Processes;

/// <summary>A running <c>quorate</c>. Disposing it kills it.</summary>
internal sealed class QuorateProcess : IAsyncDisposable
{
    private const int Interrupt = 2;
    private const int Terminate = 15;
    private const int Continue = 18;
    private const int Stop = 19;
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

    /// <summary>The most memory that it took so far, as the system counts it; 0 once it has ended.</summary>
    public long PeakBytes
    {
        get
        {
            try
            {
                process.Refresh();
                return process.PeakWorkingSet64;
            }
            catch (InvalidOperationException) // It may end between any look and the next.
            {
                return 0;
            }
        }
    }

    /// <summary>The memory that it takes now, as the system counts it.</summary>
    public long WorkingBytes
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    public static QuorateProcess Start(string folder, params string[] arguments) => StartWith([], folder, arguments);

    /// <summary>Starts it through another program, which must become it.</summary>
    public static QuorateProcess StartWith(string[] launcher, string folder, params string[] arguments) =>
        StartProgram(Project.CommandLine, launcher, folder, arguments);

    /// <summary>Starts another build's assembly of the command line.</summary>
    public static QuorateProcess StartProgram(string program, string[] launcher, string folder, string[] arguments)
    {
        string[] words = [.. launcher, "dotnet", "exec", program, .. arguments];
        var start = new ProcessStartInfo(words[0], words[1..])
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

    /// <summary>Waits for a line of output that begins so.</summary>
    public Task<string> WaitForLineAsync(string beginning) =>
        WaitAsync(output, l => l.StartsWith(beginning, StringComparison.Ordinal), beginning);

    /// <summary>Waits for a line of the errors that contains this.</summary>
    public Task<string> WaitForErrorAsync(string part) => WaitAsync(errors, l => l.Contains(part, StringComparison.Ordinal), part);

    /// <summary>kill -9: the process gets no chance to do anything.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>SIGSTOP: nothing of the process runs any more, and it does not know.</summary>
    public void Freeze() => Send(Stop);

    /// <summary>SIGCONT: it goes on where it was.</summary>
    public void Thaw() => Send(Continue);

    /// <summary>What Ctrl-C sends.</summary>
    public void SendInterrupt() => Send(Interrupt);

    /// <summary>Asks it to stop as a service manager does.</summary>
    /// <returns>Its exit code.</returns>
    public Task<int> StopAsync()
    {
        Send(Terminate);
        return ExitCodeAsync();
    }

    /// <summary>Waits for its end.</summary>
    public async Task<int> ExitCodeAsync()
    {
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

    private async Task<string> WaitAsync(List<string> lines, Func<string, bool> wanted, string what)
    {
        using var limit = new CancellationTokenSource(StartLimit);
        while (true)
        {
            Task next;
            lock (sync)
            {
                if (lines.FirstOrDefault(wanted) is { } line)
                    return line;
                next = changed.Task;
            }
            if (process.HasExited)
                throw new InvalidOperationException($"quorate ended with {process.ExitCode} before '{what}': {Output}{Errors}");
            await Task.WhenAny(next, process.WaitForExitAsync(limit.Token));
            limit.Token.ThrowIfCancellationRequested();
        }
    }

    private void Send(int signal) => Assert.Equal(0, SendSignal(process.Id, signal));

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
