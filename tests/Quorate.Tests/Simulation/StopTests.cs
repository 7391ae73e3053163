using Quorate.Simulation;

namespace Quorate.Tests.Simulation;

/// <summary>A run ends when it is asked to, and what it did up to then is what it does anyway.</summary>
public sealed class StopTests
{
    [Fact]
    public void A_run_without_end_hears_that_it_should_stop()
    {
        using var stop = new CancellationTokenSource();
        using var world = new World(1, new WorldOptions { Stop = stop.Token });
        var turns = 0;
        world.AddMachine("n1", async (machine, life) =>
        {
            while (true)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), machine.Clock, life);
                if (++turns == 5000)
                    stop.Cancel();
            }
        });
        Assert.Throws<OperationCanceledException>(() => world.Run(TimeSpan.FromDays(10_000)));
        Assert.InRange(turns, 5000, 7000);
    }

    [Fact]
    public void A_run_that_nobody_stops_is_the_same_run()
    {
        using var stop = new CancellationTokenSource();
        Assert.Equal(HashOf(new WorldOptions()), HashOf(new WorldOptions { Stop = stop.Token }));
    }

    private static ulong HashOf(WorldOptions options)
    {
        using var world = new World(1, options);
        world.AddMachine("n1", async (machine, life) =>
        {
            for (var i = 0; i < 2000; i++)
                await Task.Delay(TimeSpan.FromMilliseconds(machine.Random.Next(5)), machine.Clock, life);
        });
        world.Run(TimeSpan.FromMinutes(1));
        return world.TraceHash;
    }
}
