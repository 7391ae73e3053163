using System.Diagnostics;

namespace Quorate.Cli.Scenarios;

/// <summary>
/// Tells on standard error how far a long run is: at a terminal a line that is written over each second, else a line every five seconds. It
/// has a thread of its own: one of the pool's would look to a simulated world like work that left its strand.
/// </summary>
internal sealed class ProgressLine : IDisposable
{
    private static readonly TimeSpan AtTerminal = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan InLog = TimeSpan.FromSeconds(5);
    private readonly Func<TimeSpan, string> text;
    private readonly ManualResetEventSlim over = new();
    private readonly bool isTerminal = !Console.IsErrorRedirected;
    private readonly Thread thread;
    private int width;

    /// <summary>Begins.</summary>
    /// <param name="text">What there is to tell after so long; it is asked on another thread.</param>
    public ProgressLine(Func<TimeSpan, string> text)
    {
        this.text = text;
        thread = new Thread(Tell) { IsBackground = true };
        thread.Start();
    }

    /// <summary>Ends, and leaves a terminal's line empty.</summary>
    public void Dispose()
    {
        over.Set();
        thread.Join();
        over.Dispose();
        if (width > 0)
            Console.Error.Write($"\r{new string(' ', width)}\r");
    }

    private void Tell()
    {
        var start = Stopwatch.GetTimestamp();
        while (!over.Wait(isTerminal ? AtTerminal : InLog))
        {
            var line = text(Stopwatch.GetElapsedTime(start));
            if (isTerminal)
                Console.Error.Write($"\r{line.PadRight(width)}");
            else
                Console.Error.WriteLine(line);
            width = isTerminal ? Math.Max(width, line.Length) : 0;
        }
    }
}
