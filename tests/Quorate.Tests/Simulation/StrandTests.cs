using System.Threading.Channels;
using Quorate.Kernel.Machines;
using Quorate.Simulation;
using Quorate.Simulation.Execution;

namespace Quorate.Tests.Simulation;

public sealed class StrandTests
{
    [Fact]
    public void Plain_awaits_of_the_class_library_come_back_to_the_strand()
    {
        Stays(async machine => await Task.Yield());
        Stays(async machine => await Task.WhenAny(Pause(machine, 1), Pause(machine, 2)));
        Stays(async machine => await Task.WhenAll(Pause(machine, 1), Pause(machine, 2)));
        Stays(async machine =>
        {
            var channel = Channel.CreateBounded<int>(1);
            var other = machine.CreateStrand("other");
            other.Post(async void () =>
            {
                for (var i = 0; i < 5; i++)
                    await channel.Writer.WriteAsync(i);
                channel.Writer.Complete();
            });
            var sum = 0;
            while (await channel.Reader.WaitToReadAsync())
                sum += await channel.Reader.ReadAsync();
            Assert.Equal(10, sum);
        });
        Stays(async machine =>
        {
            using var gate = new SemaphoreSlim(0);
            machine.CreateStrand("other").Post(async void () =>
            {
                await Pause(machine, 5);
                gate.Release();
            });
            await gate.WaitAsync();
        });
        Stays(async machine =>
        {
            var outcome = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            machine.CreateStrand("other").Post(async void () =>
            {
                await Pause(machine, 5);
                outcome.SetResult();
            });
            await outcome.Task;
        });
    }

    [Fact]
    public void Work_of_one_strand_runs_in_order_and_that_of_many_in_an_order_of_the_seed()
    {
        var orders = new SortedSet<string>(StringComparer.Ordinal);
        for (var seed = 0UL; seed < 30; seed++)
        {
            using var world = new World(seed);
            var ran = new List<string>();
            world.AddMachine("n", (machine, _) =>
            {
                foreach (var name in new[] { "a", "b", "c" })
                {
                    var strand = machine.CreateStrand(name);
                    strand.Post(() => ran.Add(name + 1));
                    strand.Post(() => ran.Add(name + 2));
                }
                return Task.CompletedTask;
            });
            world.Run(TimeSpan.FromSeconds(1));
            foreach (var name in new[] { "a", "b", "c" })
                Assert.True(ran.IndexOf(name + 1) < ran.IndexOf(name + 2));
            orders.Add(string.Join(' ', ran));
        }
        Assert.InRange(orders.Count, 10, 30);
    }

    [Fact]
    public void The_outcome_of_invoked_work_comes_back_to_the_caller_on_its_own_strand()
    {
        Stays(async machine =>
        {
            var other = machine.CreateStrand("other");
            Assert.Equal("other", await other.InvokeAsync(async () =>
            {
                await Pause(machine, 1);
                return other.IsCurrent ? other.Name : "elsewhere";
            }));
            await Assert.ThrowsAsync<InvalidDataException>(() => other.InvokeAsync(() => throw new InvalidDataException()));
        });
    }

    [Fact]
    public void A_loop_that_never_waits_fails_the_seed()
    {
        using var world = new World(1);
        world.AddMachine("n", async (machine, ct) =>
        {
            while (true)
                await Task.Yield();
        });
        var failure = Assert.Throws<SimulationFailedException>(() => world.Run(TimeSpan.FromSeconds(1)));
        Assert.Contains("virtual time stood still", failure.Message);
    }

    [Fact]
    public void A_broken_invariant_and_a_machine_that_stops_itself_fail_the_seed()
    {
        using var world = new World(1);
        world.AddInvariant(() => Assert.True(world.Now < TimeSpan.FromSeconds(5), "five seconds are over"));
        world.AddMachine("n", async (machine, ct) => await Pause(machine, 60_000));
        world.After(TimeSpan.FromSeconds(6), () => { });
        var failure = Assert.Throws<SimulationFailedException>(() => world.Run(TimeSpan.FromMinutes(1)));
        Assert.Contains("five seconds are over", failure.Message);

        using var other = new World(1);
        other.AddMachine("n", (machine, ct) =>
        {
            machine.Fail(new InvalidDataException("two leaders"));
            return Task.CompletedTask;
        });
        Assert.Contains("two leaders", Assert.Throws<SimulationFailedException>(() => other.Run(TimeSpan.FromMinutes(1))).Message);
    }

    [Fact]
    public void A_machine_that_is_asked_to_stop_ends_and_has_lost_nothing()
    {
        using var world = new World(1);
        var node = world.AddMachine("n", async (machine, stop) =>
        {
            await using var file = await machine.Disk.OpenAsync("a", OpenMode.OpenOrCreate, stop);
            await file.WriteAsync(0, new byte[] { 1, 2, 3 }, stop);
            await Task.Delay(Timeout.InfiniteTimeSpan, machine.Clock, stop);
        });
        world.Run(TimeSpan.FromSeconds(1));
        node.Stop();
        Assert.True(world.RunUntil(() => !node.IsUp, TimeSpan.FromSeconds(1)));
        Assert.Equal([1, 2, 3], node.Disk.ReadAllBytes("a"));
    }

    private static Task Pause(IMachine machine, int milliseconds) => Task.Delay(TimeSpan.FromMilliseconds(milliseconds), machine.Clock);

    private static void Stays(Func<IMachine, Task> body)
    {
        using var world = new World(1);
        var node = world.AddMachine("n", async (machine, ct) =>
        {
            var strand = SynchronizationContext.Current;
            Assert.NotNull(strand);
            await body(machine);
            Assert.Same(strand, SynchronizationContext.Current);
        });
        Assert.True(world.RunUntil(() => node.HasFinished, TimeSpan.FromMinutes(1)));
    }
}
