using Quorate.Runtime.Machines;
using Quorate.Runtime.Strands;

namespace Quorate.Tests.Runtime.Strands;

public sealed class PoolStrandTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task An_escaped_exception_fails_the_machine_once_and_nothing_runs_after_it()
    {
        var failures = new List<Exception>();
        var failed = new TaskCompletionSource();
        await using var machine = new RealMachine(new RealMachineOptions
        {
            Name = "m",
            OnFail = e =>
            {
                failures.Add(e);
                failed.SetResult();
            },
        });
        var strand = machine.CreateStrand("worker");
        var ranAfter = false;
        strand.Post(() => throw new InvalidDataException("broken"));
        strand.Post(() => ranAfter = true);
        await failed.Task.WaitAsync(Patience);
        machine.Fail(new InvalidDataException("second"));
        var failure = Assert.IsType<StrandFailedException>(Assert.Single(failures));
        Assert.Contains("worker", failure.Message);
        Assert.Equal("broken", failure.InnerException!.Message);
        Assert.False(ranAfter);
    }

    [Fact]
    public async Task An_async_void_that_throws_fails_the_machine_too()
    {
        var failed = new TaskCompletionSource<Exception>();
        await using var machine = new RealMachine(new RealMachineOptions { Name = "m", OnFail = failed.SetResult });
        machine.CreateStrand("worker").Post(Throw);
        Assert.Equal("late", (await failed.Task.WaitAsync(Patience)).InnerException!.Message);

        static async void Throw()
        {
            await Task.Yield();
            throw new InvalidDataException("late");
        }
    }

    [Fact]
    public async Task No_post_is_lost_when_posters_race_with_a_strand_that_falls_asleep()
    {
        await using var machine = new RealMachine(new RealMachineOptions { Name = "m" });
        var strand = machine.CreateStrand("worker");
        var count = 0;
        for (var round = 0; round < 5_000; round++)
        {
            var done = new TaskCompletionSource();
            strand.Post(() => count++);
            strand.Post(done.SetResult);
            await done.Task.WaitAsync(Patience);
        }

        Assert.Equal(5_000, count);
    }

    [Fact]
    public async Task What_leaves_a_strand_runs_once_each_and_off_the_strand()
    {
        await using var machine = new RealMachine(new RealMachineOptions { Name = "m" });
        var strand = machine.CreateStrand("worker");
        const int Count = 1_000;
        var (runs, onStrand, left) = (new int[Count], 0, Count);
        var all = new TaskCompletionSource();
        for (var i = 0; i < Count; i++)
        {
            var number = i;
            strand.Post(() => strand.Leave(Run, number));
        }

        await all.Task.WaitAsync(Patience);
        Assert.All(runs, times => Assert.Equal(1, times));
        Assert.Equal(0, onStrand);

        void Run(object? number)
        {
            Interlocked.Increment(ref runs[(int)number!]);
            if (strand.IsCurrent)
                Interlocked.Increment(ref onStrand);
            if (Interlocked.Decrement(ref left) == 0)
                all.SetResult();
        }
    }

    [Fact]
    public async Task A_post_allocates_nothing_once_the_queue_has_grown()
    {
        await using var machine = new RealMachine(new RealMachineOptions { Name = "m" });
        var strand = machine.CreateStrand("worker");
        var allocated = long.MaxValue;
        await strand.InvokeAsync(async () =>
        {
            SendOrPostCallback nothing = static _ => { };
            for (var round = 0; round < 5; round++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                for (var i = 0; i < 200; i++)
                    strand.Post(nothing, null);
                allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
                await Task.Yield();
            }
        }).WaitAsync(Patience);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public async Task A_strand_that_posts_to_itself_for_ever_does_not_hold_a_thread_from_others()
    {
        await using var machine = new RealMachine(new RealMachineOptions { Name = "m" });
        var busy = Enumerable.Range(0, Environment.ProcessorCount * 2).Select(i => machine.CreateStrand($"busy {i}")).ToArray();
        var stop = false;
        foreach (var strand in busy)
            strand.Post(Again, strand);
        var answered = await machine.CreateStrand("other").InvokeAsync(() => Task.FromResult(true)).WaitAsync(Patience);
        Volatile.Write(ref stop, true);
        Assert.True(answered);

        void Again(object? self)
        {
            if (!Volatile.Read(ref stop))
                ((Quorate.Kernel.Strands.Strand)self!).Post(Again, self);
        }
    }

    [Fact]
    public async Task The_context_of_the_thread_is_restored_after_a_drain()
    {
        await using var machine = new RealMachine(new RealMachineOptions { Name = "m" });
        await machine.CreateStrand("worker").InvokeAsync(() => Task.CompletedTask);
        for (var i = 0; i < 100; i++)
            Assert.Null(await Task.Run(() => SynchronizationContext.Current));
    }
}
