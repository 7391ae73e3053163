using Quorate.Checking.Histories;
using Quorate.Simulation;

namespace Quorate.Cli.Lab.Runs;

/// <summary>
/// The clients of a world, recorded. After an unknown end a client goes on as another process: the operation of the old one may still
/// take effect at any time.
/// </summary>
internal sealed class Clients(World world)
{
    private const int ProcessesStep = 1000;
    private readonly SortedDictionary<long, long> processes = [];

    /// <summary>What they did and saw.</summary>
    public HistoryRecorder History { get; } = new(clock: new WorldClock(world));

    /// <summary>The client whose process this is, or was.</summary>
    public static long ClientOf(long process) => process % ProcessesStep;

    /// <summary>Records and makes a call.</summary>
    /// <param name="client">Whose it is, from 0 to 999.</param>
    /// <param name="function">What is done.</param>
    /// <param name="key">On which object; null where there is one.</param>
    /// <param name="input">What it is given.</param>
    /// <param name="call">The call.</param>
    /// <returns>How it ended.</returns>
    public async Task<CallEnd> DoAsync(long client, string function, string? key, HistoryValue input, Func<Task<CallEnd>> call)
    {
        var process = processes.GetValueOrDefault(client, client);
        if (!History.TryInvoke(process, function, key is null ? null : HistoryValue.Of(key), input))
            throw new InvalidOperationException("The history is full.");
        var end = await call();
        History.Complete(process, end.Type, end.Output ?? input, end.Error);
        if (end.Type == HistoryEventType.Unknown)
            processes[client] = process + ProcessesStep;
        return end;
    }
}

/// <summary>How a call ended.</summary>
/// <param name="Type">Happened, did not happen, or nobody knows.</param>
/// <param name="Output">What it gave; null for what it was given.</param>
/// <param name="Error">Why it failed.</param>
internal readonly record struct CallEnd(HistoryEventType Type, HistoryValue? Output = null, string? Error = null)
{
    /// <summary>Whether it is known to have happened.</summary>
    public bool IsOk => Type == HistoryEventType.Ok;
}
