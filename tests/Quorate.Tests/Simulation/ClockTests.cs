using Quorate.Kernel.Machines;
using Quorate.Simulation;
using Quorate.Simulation.Clocks;

namespace Quorate.Tests.Simulation;

public sealed class ClockTests
{
    [Fact]
    public void Every_timer_of_the_class_library_runs_in_virtual_time_and_comes_back_to_the_strand()
    {
        using var world = new World(1);
        var node = world.AddMachine("n", async (machine, ct) =>
        {
            var strand = SynchronizationContext.Current;
            await Task.Delay(TimeSpan.FromHours(1), machine.Clock, ct);
            Assert.Same(strand, SynchronizationContext.Current);
            using var deadline = new CancellationTokenSource(TimeSpan.FromHours(1), machine.Clock);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => Task.Delay(Timeout.InfiniteTimeSpan, machine.Clock, deadline.Token));
            Assert.Same(strand, SynchronizationContext.Current);
            using var periodic = new PeriodicTimer(TimeSpan.FromMinutes(20), machine.Clock);
            for (var i = 0; i < 3; i++)
                Assert.True(await periodic.WaitForNextTickAsync(ct));
            Assert.Same(strand, SynchronizationContext.Current);
            var never = new TaskCompletionSource();
            await Assert.ThrowsAsync<TimeoutException>(() => never.Task.WaitAsync(TimeSpan.FromHours(1), machine.Clock, ct));
            Assert.Same(strand, SynchronizationContext.Current);
        });
        Assert.True(world.RunUntil(() => node.HasFinished, TimeSpan.FromHours(5)));
        Assert.Equal(TimeSpan.FromHours(4), world.Now);
    }

    [Fact]
    public void The_wall_clock_jumps_and_timestamps_and_timers_do_not_notice()
    {
        using var world = new World(1);
        var node = world.AddMachine("n", async (machine, ct) =>
        {
            var wall = machine.Clock.GetUtcNow();
            var stamp = machine.Clock.GetTimestamp();
            Assert.Equal(SimulatedClock.Epoch, wall);
            await machine.Clock.Delay(TimeSpan.FromSeconds(10), ct);
            Assert.Equal(TimeSpan.FromSeconds(10), machine.Clock.GetElapsedTime(stamp));
            Assert.Equal(TimeSpan.FromSeconds(10 - 3600), machine.Clock.GetUtcNow() - wall);
        });
        world.After(TimeSpan.FromSeconds(5), () => node.Clock.Jump(-TimeSpan.FromHours(1)));
        Assert.True(world.RunUntil(() => node.HasFinished, TimeSpan.FromMinutes(1)));
        Assert.Equal(TimeSpan.FromSeconds(10), world.Now);
    }

    [Fact]
    public void A_fast_clock_fires_early_by_the_worlds_time_and_never_early_by_its_own()
    {
        using var world = new World(1);
        var node = world.AddMachine("n", async (machine, ct) =>
        {
            for (var i = 1; i < 200; i++)
            {
                var wait = TimeSpan.FromTicks(machine.Random.Next(1, 100_000));
                var before = machine.Clock.GetTimestamp();
                await machine.Clock.Delay(wait, ct);
                Assert.True(machine.Clock.GetElapsedTime(before) >= TimeSpan.FromMilliseconds(Math.Floor(wait.TotalMilliseconds)));
            }
            await machine.Clock.Delay(TimeSpan.FromSeconds(100), ct);
        });
        node.Clock.SetRate(1.25);
        for (var i = 1; i < 50; i++)
        {
            var rate = i % 2 == 0 ? 1.25 : 0.8;
            world.After(TimeSpan.FromMilliseconds(17 * i), () => node.Clock.SetRate(rate));
        }
        world.After(TimeSpan.FromSeconds(1), () => node.Clock.SetRate(1.25));
        Assert.True(world.RunUntil(() => node.HasFinished, TimeSpan.FromMinutes(5)));
        Assert.InRange(world.Now.TotalSeconds, 79, 83);
    }

    [Fact]
    public void A_paused_machine_runs_nothing_and_its_timers_fire_late()
    {
        using var world = new World(1);
        var firedAt = TimeSpan.Zero;
        var node = world.AddMachine("n", async (machine, ct) =>
        {
            await machine.Clock.Delay(TimeSpan.FromSeconds(2), ct);
            firedAt = world.Now;
        });
        world.After(TimeSpan.FromSeconds(1), node.Pause);
        world.After(TimeSpan.FromSeconds(9), node.Resume);
        world.Run(TimeSpan.FromSeconds(20));
        Assert.Equal(TimeSpan.FromSeconds(9), firedAt);
    }

    [Fact]
    public void Nothing_of_a_crashed_life_calls_back()
    {
        using var world = new World(1);
        var lives = new List<int>();
        var node = world.AddMachine("n", async (machine, ct) =>
        {
            var life = lives.Count;
            lives.Add(0);
            machine.CreateStrand("other").Post(async void () =>
            {
                await using var socket = await machine.Network.BindAsync(new("n", 1), ct);
                while (true)
                {
                    await socket.ReceiveAsync(ct);
                    lives[life]++;
                }
            });
            await using var sender = await machine.Network.BindAsync(new("n", 0), ct);
            while (true)
            {
                await machine.Clock.Delay(TimeSpan.FromMilliseconds(10), ct);
                sender.Send(new("n", 1), [1]);
            }
        });
        world.Run(TimeSpan.FromSeconds(1));
        node.Restart();
        var first = lives[0];
        Assert.InRange(first, 50, 100);
        world.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(first, lives[0]);
        Assert.InRange(lives[1], 50, 100);
        Assert.Equal(2, node.Boots);
    }
}
