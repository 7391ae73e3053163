using Quorate.Simulation;
using Quorate.Simulation.Randomness;

namespace Quorate.Cli.Scenarios.Clusters;

/// <summary>The pauses of a nemesis that goes step by step, in the world's time.</summary>
/// <param name="world">The world.</param>
/// <param name="random">Chance for the lengths.</param>
internal sealed class Pace(World world, SeededRandom random)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(2);
    private bool ended;

    /// <summary>What waits now or later waits for ever.</summary>
    public void End() => ended = true;

    /// <summary>Waits until something holds, and no longer than a time.</summary>
    /// <param name="holds">Asked again and again.</param>
    /// <param name="max">The time.</param>
    /// <returns>Whether it came to hold.</returns>
    public async Task<bool> UntilAsync(Func<bool> holds, TimeSpan max)
    {
        var deadline = world.Now + max;
        while (!holds())
        {
            if (world.Now >= deadline)
                return false;
            await PauseAsync(LookAgain);
        }
        return true;
    }

    /// <summary>Waits for a time between two.</summary>
    public Task PauseAsync(int millisecondsMin, int millisecondsMax) => PauseAsync(Draw(millisecondsMin, millisecondsMax));

    /// <summary>Waits for a time.</summary>
    public Task PauseAsync(TimeSpan pause)
    {
        var over = new TaskCompletionSource();
        world.After(pause, () =>
        {
            if (!ended)
                over.SetResult();
        });
        return over.Task;
    }

    /// <summary>A time between two.</summary>
    public TimeSpan Draw(int millisecondsMin, int millisecondsMax) =>
        random.NextTimeSpan(TimeSpan.FromMilliseconds(millisecondsMin), TimeSpan.FromMilliseconds(millisecondsMax));
}
