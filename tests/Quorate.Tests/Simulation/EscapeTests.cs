using Quorate.Kernel.Machines;
using Quorate.Simulation;
using Quorate.Simulation.Execution;

namespace Quorate.Tests.Simulation;

public sealed class EscapeTests
{
    [Fact]
    public void ConfigureAwait_false_on_a_delay_is_caught_and_named()
    {
        var failure = FailureOf(async (machine, ct) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), machine.Clock, ct).ConfigureAwait(false);
            machine.Clock.GetTimestamp();
        });
        Assert.Contains("n1", failure.Message);
        Assert.Contains("strand", failure.Message);
    }

    [Fact]
    public void ConfigureAwait_false_is_caught_even_where_the_escaped_work_touches_nothing()
    {
        var escaped = 0;
        var failure = FailureOf(async (machine, ct) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), machine.Clock, ct).ConfigureAwait(false);
            Interlocked.Increment(ref escaped);
        });
        Assert.Contains("left", failure.Message);
    }

    [Fact]
    public void Task_Run_is_caught_and_the_method_that_awaits_it_is_named()
    {
        var failure = FailureOf(async (machine, ct) => await SpinOnThePoolAsync());
        Assert.Contains("n1/main", failure.Message);
    }

    [Fact]
    public void A_call_into_a_machine_from_the_pool_names_its_call_site()
    {
        using var gate = new ManualResetEventSlim();
        var failure = FailureOf((machine, ct) =>
        {
            Task.Run(() =>
            {
                try
                {
                    machine.Clock.GetUtcNow();
                }
                finally
                {
                    gate.Set();
                }
            }, CancellationToken.None);
            gate.Wait(TimeSpan.FromSeconds(10), ct);
            return Task.CompletedTask;
        });
        Assert.Contains("Clock.GetUtcNow", failure.Message);
        Assert.Contains(nameof(EscapeTests), failure.Message);
    }

    [Fact]
    public void A_semaphore_with_a_cancellable_wait_goes_by_way_of_the_pool_and_is_caught()
    {
        var failure = FailureOf(async (machine, ct) =>
        {
            using var gate = new SemaphoreSlim(0);
            machine.CreateStrand("other").Post(async void () =>
            {
                await machine.Clock.Delay(TimeSpan.FromSeconds(1), ct);
                gate.Release();
            });
            await gate.WaitAsync(ct);
        });
        Assert.Contains("strand", failure.Message);
    }

    [Fact]
    public void Reading_a_channel_by_ReadAllAsync_goes_by_way_of_the_pool_and_is_caught()
    {
        var failure = FailureOf(async (machine, ct) =>
        {
            var channel = System.Threading.Channels.Channel.CreateUnbounded<int>();
            machine.CreateStrand("other").Post(async void () =>
            {
                await machine.Clock.Delay(TimeSpan.FromSeconds(1), ct);
                channel.Writer.TryWrite(1);
            });
            await foreach (var i in channel.Reader.ReadAllAsync(ct))
                Assert.Equal(1, i);
        });
        Assert.Contains("strand", failure.Message);
    }

    [Fact]
    public void A_call_from_outside_the_world_is_refused()
    {
        IMachine? kept = null;
        using var world = new World(1);
        world.AddMachine("n1", (machine, _) =>
        {
            kept = machine;
            return Task.CompletedTask;
        });
        world.Run(TimeSpan.FromSeconds(1));
        Assert.Throws<InvalidOperationException>(() => kept!.Clock.GetTimestamp());
    }

    [Fact]
    public async Task Work_of_others_on_the_pool_is_no_escape()
    {
        using var stop = new CancellationTokenSource();
        var noise = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
                await Task.Yield();
        });
        using var world = new World(1);
        var node = world.AddMachine("n1", async (machine, ct) =>
        {
            for (var i = 0; i < 1000; i++)
                await machine.Clock.Delay(TimeSpan.FromMilliseconds(1), ct);
        });
        Assert.True(world.RunUntil(() => node.HasFinished, TimeSpan.FromMinutes(1)));
        stop.Cancel();
        await noise;
    }

    [Fact]
    public void An_exception_that_escapes_a_strand_fails_the_seed()
    {
        var failure = FailureOf(async (machine, ct) =>
        {
            await machine.Clock.Delay(TimeSpan.FromSeconds(3), ct);
            throw new InvalidDataException("boom");
        });
        Assert.IsType<InvalidDataException>(failure.InnerException);
        Assert.Equal(TimeSpan.FromSeconds(3), failure.Now);
        Assert.Contains("Seed 11", failure.Message);
    }

    private static async Task SpinOnThePoolAsync() => await Task.Run(() => Thread.SpinWait(1000));

    private static SimulationFailedException FailureOf(Func<IMachine, CancellationToken, Task> main)
    {
        using var world = new World(11);
        world.AddMachine("n1", main);
        return Assert.Throws<SimulationFailedException>(() => world.Run(TimeSpan.FromMinutes(1)));
    }
}
