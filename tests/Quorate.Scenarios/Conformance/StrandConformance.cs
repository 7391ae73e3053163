using Quorate.Kernel.Invariants;
using Quorate.Kernel.Strands;

namespace Quorate.Scenarios.Conformance;

/// <summary>What <see cref="Strand"/> promises.</summary>
public abstract class StrandConformance : ConformanceBody
{
    [Fact]
    public Task Work_runs_in_the_order_of_posting() => In(async world =>
    {
        var strand = world.Machine("a").CreateStrand("other");
        var seen = new List<int>();
        for (var i = 0; i < 10_000; i++)
        {
            var number = i;
            strand.Post(() => seen.Add(number));
        }

        await strand.InvokeAsync(() => Task.CompletedTask);
        Assert.Equal(Enumerable.Range(0, 10_000), seen);
    });

    [Fact]
    public Task At_most_one_piece_of_work_runs_at_any_instant() => In(async world =>
    {
        var target = world.Machine("a").CreateStrand("target");
        var (inside, overlaps, count) = (0, 0, 0);
        async Task PostManyAsync()
        {
            for (var i = 0; i < 2_000; i++)
            {
                target.Post(() =>
                {
                    if (Interlocked.Increment(ref inside) != 1)
                        overlaps++;
                    count++;
                    Interlocked.Decrement(ref inside);
                });
                if (i % 50 == 0)
                    await Task.Yield();
            }
        }

        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => world.Machine("a").CreateStrand($"poster {i}").InvokeAsync(PostManyAsync)));
        await target.InvokeAsync(() => Task.CompletedTask);
        Assert.Equal(0, overlaps);
        Assert.Equal(8_000, count);
    });

    [Fact]
    public Task A_post_never_runs_inside_the_poster() => In(async _ =>
    {
        var ran = false;
        Here.Post(() => ran = true);
        Assert.False(ran);
        await Task.Yield();
        Assert.True(ran);
    });

    [Fact]
    public Task A_strand_is_current_only_on_itself() => In(async world =>
    {
        var (here, other) = (Here, world.Machine("a").CreateStrand("other"));
        here.AssertCurrent();
        Assert.False(other.IsCurrent);
        Assert.Contains("other", Assert.Throws<InvariantViolationException>(other.AssertCurrent).Message);
        await other.InvokeAsync(async () =>
        {
            other.AssertCurrent();
            Assert.False(here.IsCurrent);
            await Task.Yield();
            other.AssertCurrent();
        });
        here.AssertCurrent();
    });

    [Fact]
    public Task An_invocation_hands_over_its_result() => In(async world =>
    {
        var other = world.Machine("a").CreateStrand("other");
        Assert.Equal(42, await other.InvokeAsync(async () =>
        {
            await Task.Yield();
            return 42;
        }));
    });

    [Fact]
    public Task An_invocation_hands_over_its_exception() => In(async world =>
    {
        var other = world.Machine("a").CreateStrand("other");
        var thrown = await Assert.ThrowsAsync<InvalidDataException>(
            () => other.InvokeAsync(() => Task.FromException(new InvalidDataException("inside"))));
        Assert.Equal("inside", thrown.Message);
        await Assert.ThrowsAsync<InvalidDataException>(() => other.InvokeAsync(() => throw new InvalidDataException("at once")));
    });

    [Fact]
    public Task An_invocation_hands_over_its_cancellation() => In(async world =>
    {
        var other = world.Machine("a").CreateStrand("other");
        using var cancel = new CancellationTokenSource();
        var waiting = other.InvokeAsync(() => new TaskCompletionSource().Task.WaitAsync(cancel.Token));
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.True(waiting.IsCanceled);
    });

    [Fact]
    public Task An_invocation_of_the_own_strand_runs_at_once() => In(async _ =>
    {
        var ran = false;
        var task = Here.InvokeAsync(() =>
        {
            ran = true;
            return Task.CompletedTask;
        });
        Assert.True(ran);
        await task;
    });
}
