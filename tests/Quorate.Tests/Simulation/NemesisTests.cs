using Quorate.Simulation;
using Quorate.Simulation.Faults;

namespace Quorate.Tests.Simulation;

public sealed class NemesisTests
{
    [Fact]
    [Trait("Speed", "Slow")]
    public void All_faults_together_leave_no_trace_after_healing_and_replay_from_the_seed()
    {
        var total = 0;
        for (var seed = 0UL; seed < 10; seed++)
        {
            var (hash, downs) = Break(seed, FaultPlan.All with { Swarm = false });
            Assert.Equal((hash, downs), Break(seed, FaultPlan.All with { Swarm = false }));
            total += downs;
        }
        Assert.InRange(total, 10, 100);
    }

    [Fact]
    public void The_swarm_gives_seeds_different_kinds()
    {
        var subsets = new SortedSet<string>(StringComparer.Ordinal);
        for (var seed = 0UL; seed < 20; seed++)
        {
            using var world = new World(seed);
            var kinds = world.Inject(FaultPlan.All);
            Assert.NotEmpty(kinds);
            subsets.Add(string.Join(',', kinds));
        }
        Assert.InRange(subsets.Count, 18, 20);
    }

    [Fact]
    public void The_budget_bounds_how_many_are_down_at_once()
    {
        using var world = new World(6);
        for (var i = 0; i < 5; i++)
            world.AddMachine($"n{i}", (_, _) => Task.CompletedTask);
        var often = FaultPlan.All with { Kinds = FaultKind.Crash | FaultKind.Pause, IntervalMax = TimeSpan.FromSeconds(1) };
        var plan = often with { Swarm = false, DownMax = 2 };
        world.Inject(plan);
        var worst = 0;
        world.AddInvariant(() => worst = Math.Max(worst, world.Machines.Count(m => !m.IsUp || m.IsPaused)));
        world.Run(TimeSpan.FromMinutes(10));
        Assert.Equal(2, worst);
    }

    [Fact]
    public void No_plan_does_nothing()
    {
        using var world = new World(6);
        Assert.Empty(world.Inject(FaultPlan.None));
        world.Run(TimeSpan.FromHours(1));
        Assert.Equal(0, world.Events);
    }

    private static (ulong Hash, int Downs) Break(ulong seed, FaultPlan plan)
    {
        using var world = new World(seed);
        for (var i = 0; i < 3; i++)
            world.AddMachine($"n{i}", EchoWorld.ServeAsync);
        var answers = 0;
        world.AddClient("c", async (machine, ct) =>
        {
            while (true)
            {
                await machine.Clock.Delay(TimeSpan.FromMilliseconds(100), ct);
                try
                {
                    await using var connection = await machine.Network.ConnectAsync(new($"n{machine.Random.Next(3)}", 7000), ct);
                    await EchoWorld.AskAsync(connection, [1, 2, 3, 4]);
                    answers++;
                }
                catch (IOException)
                {
                    // Broken on purpose.
                }
            }
        });
        world.Inject(plan);
        world.Run(TimeSpan.FromMinutes(2));
        var downs = world.Machines.Sum(m => m.Boots - 1);
        world.Heal();
        Assert.All(world.Machines, m => Assert.True(m.IsUp && !m.IsPaused));
        world.Run(TimeSpan.FromSeconds(30));
        var before = answers;
        world.Run(TimeSpan.FromSeconds(10));
        Assert.InRange(answers - before, 50, 100);
        return (world.TraceHash, downs);
    }
}
