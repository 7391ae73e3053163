using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Quorate.Kernel.Strands;

namespace Quorate.Runtime.Network;

/// <summary>A pipe's writer whose awaits come back to the strand, always; see <see cref="ContextPipeReader"/>.</summary>
internal sealed class ContextPipeWriter(PipeWriter inner) : PipeWriter
{
    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    /// <inheritdoc/>
    public override long UnflushedBytes => inner.UnflushedBytes;

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        Guard(inner.FlushAsync(cancellationToken));

    /// <inheritdoc/>
    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        Guard(inner.WriteAsync(source, cancellationToken));

    /// <inheritdoc/>
    public override void Advance(int bytes) => inner.Advance(bytes);

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    /// <inheritdoc/>
    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    private static ValueTask<FlushResult> Guard(ValueTask<FlushResult> flush)
    {
        if (flush.IsCompleted)
            return flush;
        return SynchronizationContext.Current is Strand ? OnStrandAsync(flush) : OnPoolAsync(flush);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<FlushResult> OnStrandAsync(ValueTask<FlushResult> flush) => await flush.ConfigureAwait(false);

    private static async ValueTask<FlushResult> OnPoolAsync(ValueTask<FlushResult> flush)
    {
        var result = await flush.ConfigureAwait(false);
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        return result;
    }
}
