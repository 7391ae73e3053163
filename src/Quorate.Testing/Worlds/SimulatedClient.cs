using Quorate.Checking.Histories;
using Quorate.Kernel.Machines;
using Quorate.Simulation.Operations;

namespace Quorate.Testing.Worlds;

/// <summary>A client of a world: it takes turns, and what it does is recorded.</summary>
/// <remarks>
/// Guarantee: what an operation draws from <see cref="Random"/> follows from the seed, the client and the operation's number alone, so that
/// shrinking can leave others out. An operation whose end is not known stays open in the history for ever, and the client goes on as
/// another process. Cost: two history events an operation.
/// Fails when: an operation throws anything but <see cref="OperationFailedException"/>, an I/O error, a time-out or a cancellation: that
/// fails the seed. Source: Jepsen's processes.
/// </remarks>
public sealed class SimulatedClient
{
    private const int ProcessesStep = 10_000;
    private readonly TestWorld world;
    private readonly OperationGate turns;
    private readonly OperationGate endTurns;
    private long process;
    private bool isFull;

    internal SimulatedClient(TestWorld world, IMachine machine, int number)
    {
        this.world = world;
        Machine = machine;
        Number = number;
        process = number;
        Random = machine.Random;
        turns = world.World.OperationsOf($"client-{number}");
        endTurns = world.World.OperationsOf($"client-{number}-end");
    }

    /// <summary>The client whose process a history names: after an unknown end it goes on as another.</summary>
    internal static long NumberOf(long process) => process % ProcessesStep;

    /// <summary>The clients' machine: its network reaches the cluster.</summary>
    public IMachine Machine { get; }

    /// <summary>The client's number, from 0.</summary>
    public int Number { get; }

    /// <summary>The number of the operation whose turn it is: with <see cref="Number"/> it makes values unique.</summary>
    public int Operation { get; private set; }

    /// <summary>Chance for the operation whose turn it is.</summary>
    public Random Random { get; private set; }

    /// <summary>The longest pause between two operations. Default 400 ms.</summary>
    public TimeSpan ThinkMax { get; set; } = TimeSpan.FromMilliseconds(400);

    /// <summary>How long an operation may take before the client gives it up. Default 5 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Waits for the turn of the next operation; false where the client should come to an end.</summary>
    public async Task<bool> NextAsync() =>
        !isFull && await turns.NextAsync(Machine, ThinkMax, () => world.IsEnding) is { } turn && Take(turn);

    /// <summary>The turn of one more operation at the end, such as a last read; false where a schedule leaves it out.</summary>
    public bool NextAtEnd() => !isFull && endTurns.NextAtEnd() is { } turn && Take(turn);

    /// <summary>Makes and records one operation.</summary>
    /// <param name="function">What it does, in the words of the model, such as <c>put</c>.</param>
    /// <param name="key">On which object; null where there is one.</param>
    /// <param name="input">What it is given.</param>
    /// <param name="call">Does it, and says what came of it.</param>
    /// <returns>What came of it, or null where it failed or its end is not known.</returns>
    public async Task<HistoryValue?> DoAsync(string function, string? key, HistoryValue input, Func<Task<HistoryValue>> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (!world.History.TryInvoke(process, function, key is null ? null : HistoryValue.Of(key), input))
        {
            isFull = true;
            return null;
        }
        try
        {
            var output = await WithinAsync(call);
            world.Complete(process, HistoryEventType.Ok, output, null);
            return output;
        }
        catch (OperationFailedException e)
        {
            world.Complete(process, HistoryEventType.Fail, input, e.Message);
        }
        catch (Exception e) when (e is IOException or TimeoutException or OperationCanceledException)
        {
            world.Complete(process, HistoryEventType.Unknown, input, e.Message);
            process += ProcessesStep;
        }
        return null;
    }

    private async Task<HistoryValue> WithinAsync(Func<Task<HistoryValue>> call)
    {
        using var done = new CancellationTokenSource();
        var answer = call();
        if (await Task.WhenAny(answer, Task.Delay(Timeout, Machine.Clock, done.Token)) != answer)
            throw new TimeoutException($"no answer within {Timeout.TotalSeconds} s");
        done.Cancel();
        return await answer;
    }

    private bool Take(OperationTurn turn)
    {
        (Random, Operation) = (turn.Random, turn.Ordinal);
        return true;
    }
}
