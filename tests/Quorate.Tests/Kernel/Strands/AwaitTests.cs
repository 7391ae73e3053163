using System.IO.Pipelines;
using System.Threading.Channels;
using Quorate.Kernel.Strands;
using Quorate.Runtime.Machines;

namespace Quorate.Tests.Kernel.Strands;

/// <summary>The facts on which everything rests: a plain await comes back to its strand, whatever is awaited and whoever completes it.</summary>
public sealed class AwaitTests : IAsyncDisposable
{
    private static readonly TimeProvider Clock = TimeProvider.System;
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(5);
    private readonly RealMachine machine = new(new RealMachineOptions { Name = "test", OnFail = _ => { } });

    public ValueTask DisposeAsync() => machine.DisposeAsync();

    public static TheoryData<string> Kinds => [.. Awaits.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_plain_await_stays_on_the_strand(string kind)
    {
        var strand = machine.CreateStrand(kind);
        await strand.InvokeAsync(async () =>
        {
            for (var i = 0; i < 20; i++)
            {
                await Awaits[kind]();
                strand.AssertCurrent();
            }
        }).WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task An_await_without_context_escapes_and_is_seen()
    {
        var strand = machine.CreateStrand("escape");
        var stayed = await strand.InvokeAsync(async () =>
        {
            await CompletedElsewhere().ConfigureAwait(false);
            return strand.IsCurrent;
        });
        Assert.False(stayed);
    }

    private static readonly SortedDictionary<string, Func<Task>> Awaits = new(StringComparer.Ordinal)
    {
        ["TaskCompletionSource"] = () => CompletedElsewhere(),
        ["TaskCompletionSource, inline"] = () =>
        {
            var source = new TaskCompletionSource();
            OnThePool(source.SetResult);
            return source.Task;
        },
        ["Task.Delay"] = () => Task.Delay(Soon, Clock),
        ["Task.Yield"] = async () => await Task.Yield(),
        ["Task.Run"] = () => Task.Run(() => { }),
        ["SemaphoreSlim"] = async () =>
        {
            using var semaphore = new SemaphoreSlim(0);
            OnThePool(() => semaphore.Release());
            await semaphore.WaitAsync();
        },
        ["Channel"] = async () =>
        {
            var channel = Channel.CreateBounded<int>(1);
            OnThePool(() => channel.Writer.TryWrite(1));
            await channel.Reader.ReadAsync();
        },
        ["Channel, full"] = async () =>
        {
            var channel = Channel.CreateBounded<int>(1);
            channel.Writer.TryWrite(1);
            OnThePool(() => channel.Reader.TryRead(out _));
            await channel.Writer.WriteAsync(2);
        },
        ["WhenAny"] = () => Task.WhenAny(CompletedElsewhere(), Task.Delay(Soon, Clock)),
        ["WhenAll"] = () => Task.WhenAll(CompletedElsewhere(), Task.Delay(Soon, Clock)),
        ["PeriodicTimer"] = async () =>
        {
            using var timer = new PeriodicTimer(Soon, Clock);
            await timer.WaitForNextTickAsync();
        },
        ["CancellationTokenSource"] = async () =>
        {
            using var timeout = new CancellationTokenSource(Soon, Clock);
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, Clock, timeout.Token);
            }
            catch (OperationCanceledException)
            {
                Here.AssertCurrent();
            }
        },
        ["WaitAsync"] = () => CompletedElsewhere().WaitAsync(TimeSpan.FromMinutes(1), Clock),
        // Completed on the strand: a pipe that another thread completes may lose the context, see ContextPipeReader of the runtime.
        ["Pipe, read"] = async () =>
        {
            var pipe = new Pipe();
            Here.Post(() => pipe.Writer.WriteAsync(new byte[] { 1 }));
            await pipe.Reader.ReadAsync();
        },
        ["Pipe, flush"] = async () =>
        {
            var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1));
            var flush = pipe.Writer.WriteAsync(new byte[2]);
            Here.Post(() =>
            {
                Assert.True(pipe.Reader.TryRead(out var read));
                pipe.Reader.AdvanceTo(read.Buffer.End);
            });
            await flush;
        },
        ["await using"] = async () =>
        {
            await using var something = new SlowToDispose();
        },
        ["await foreach"] = async () =>
        {
            var channel = Channel.CreateUnbounded<int>();
            OnThePool(() =>
            {
                channel.Writer.TryWrite(1);
                channel.Writer.Complete();
            });
            await foreach (var _ in channel.Reader.ReadAllAsync())
                Here.AssertCurrent();
        },
    };

    private static Strand Here => Assert.IsAssignableFrom<Strand>(SynchronizationContext.Current);

    private static Task CompletedElsewhere()
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        OnThePool(source.SetResult);
        return source.Task;
    }

    // Through a timer, so that the await has begun when the pool completes it.
    private static void OnThePool(Action action) => _ = Task.Delay(1).ContinueWith(_ => action(), TaskScheduler.Default);

    private sealed class SlowToDispose : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => new(CompletedElsewhere());
    }
}
