using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Quorate.Kernel.Strands;

namespace Quorate.Runtime.Network;

/// <summary>A pipe's reader whose awaits come back to the strand, always.</summary>
/// <remarks>
/// The pipe of .NET 10 has an option for this, and it is not enough: where the data comes between the awaiter's check and the registration
/// of its continuation, the pipe forgets the context and the continuation runs on the pool. Here the context is captured by the value task
/// source of an async method, which captures it before it looks.
/// </remarks>
internal sealed class ContextPipeReader(PipeReader inner) : PipeReader
{
    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var read = inner.ReadAsync(cancellationToken);
        if (read.IsCompleted)
            return read;
        return SynchronizationContext.Current is Strand ? OnStrandAsync(read) : OnPoolAsync(read);
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result) => inner.TryRead(out result);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

    /// <inheritdoc/>
    public override void CancelPendingRead() => inner.CancelPendingRead();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<ReadResult> OnStrandAsync(ValueTask<ReadResult> read) => await read.ConfigureAwait(false);

    // Without a context the caller would go on inside the receive loop; it may block, and so gets a thread of its own.
    private static async ValueTask<ReadResult> OnPoolAsync(ValueTask<ReadResult> read)
    {
        var result = await read.ConfigureAwait(false);
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        return result;
    }
}
