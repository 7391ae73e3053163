using Quorate.Kernel.Machines;
using Quorate.Simulation.Execution;
using Quorate.Simulation.Randomness;
using Quorate.Simulation.Schedules;

namespace Quorate.Simulation.Operations;

/// <summary>Lets one client make its operations one after another, as the seed says or as a schedule says, and records when each begins.</summary>
/// <remarks>
/// Guarantee: with all operations of a recorded schedule the client does the same at the same times; with some left out, the others keep
/// their time and their chance. Cost: one timer an operation.
/// Fails when: used by two tasks at once.
/// </remarks>
public sealed class OperationGate
{
    private readonly Engine engine;
    private readonly OperationLog log;
    private readonly string client;
    private readonly Queue<OperationStart>? kept;
    private int ordinal;

    internal OperationGate(Engine engine, OperationLog log, string client)
    {
        this.engine = engine;
        this.log = log;
        this.client = client;
        kept = log.KeptOf(client);
    }

    /// <summary>Waits for the client's next turn.</summary>
    /// <param name="machine">The client's machine, whose clock it waits by.</param>
    /// <param name="thinkMax">The longest pause before an operation; the pause is drawn evenly up to it. Zero is none.</param>
    /// <param name="isEnding">Asked after the pause: whether the client should come to an end.</param>
    /// <returns>The turn, or null where the client should end.</returns>
    public async Task<OperationTurn?> NextAsync(IMachine machine, TimeSpan thinkMax, Func<bool> isEnding)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(isEnding);
        while (!isEnding())
        {
            if (kept is { Count: > 0 })
                return await WaitForAsync(machine, kept.Dequeue(), isEnding);
            // Also where a schedule has no more of this client: it waits as it would between operations until all ends.
            var random = ChanceOf(ordinal);
            await Task.Delay(thinkMax * random.NextDouble(), machine.Clock);
            if (isEnding())
                break;
            if (kept is null)
                return Begin(ordinal++, random);
            ordinal++;
        }
        return null;
    }

    /// <summary>The next of the operations that a client makes at its end, at once; null where the schedule leaves it out.</summary>
    public OperationTurn? NextAtEnd()
    {
        var next = ordinal++;
        if (kept is null)
            return Begin(next, ChanceOf(next));
        while (kept.TryPeek(out var first) && first.Ordinal < next)
            kept.Dequeue();
        return kept.TryPeek(out var start) && start.Ordinal == next ? Begin(next, ChanceOf(next)) : null;
    }

    private async Task<OperationTurn?> WaitForAsync(IMachine machine, OperationStart start, Func<bool> isEnding)
    {
        var random = ChanceOf(start.Ordinal);
        random.NextDouble();
        await Task.Delay(new TimeSpan(Math.Max(start.At.Ticks - engine.Now, 0)), machine.Clock);
        ordinal = start.Ordinal + 1;
        return isEnding() ? null : Begin(start.Ordinal, random);
    }

    private OperationTurn Begin(int number, SeededRandom random)
    {
        log.Add(new OperationStart(client, number, new TimeSpan(engine.Now)));
        return new OperationTurn(number, random);
    }

    private SeededRandom ChanceOf(int number) => SeededRandom.For(engine.Seed, $"operation {client} {number}");
}
