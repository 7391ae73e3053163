using System.Threading.Tasks.Sources;
using Quorate.Kernel.Strands;

namespace Quorate.Services.Coordination.Serving;

/// <summary>A call that any thread makes and the strand does: one post to get there, and the caller goes on wherever it was.</summary>
/// <typeparam name="TRequest">What is asked.</typeparam>
/// <typeparam name="TResponse">What is answered.</typeparam>
internal sealed class StrandCall<TRequest, TResponse> : IValueTaskSource<TResponse>
{
    private readonly Func<TRequest, CancellationToken, ValueTask<TResponse>> work;
    private readonly TRequest request;
    private readonly Strand? leaves;
    private readonly CancellationToken cancellationToken;
    private ManualResetValueTaskSourceCore<TResponse> outcome;
    private TResponse? response;
    private Exception? error;

    private StrandCall(
        Func<TRequest, CancellationToken, ValueTask<TResponse>> work, TRequest request, Strand? leaves, CancellationToken cancellationToken)
    {
        (this.work, this.request, this.leaves, this.cancellationToken) = (work, request, leaves, cancellationToken);
        // A caller on another strand gets its continuation posted there, also by way of AsTask and WhenAny; on the pool it would have
        // left its strand. A caller on no strand must not go on here, on the service's.
        outcome.RunContinuationsAsynchronously = leaves is null && SynchronizationContext.Current is not Strand;
    }

    /// <summary>Has the strand do some work.</summary>
    /// <param name="strand">The strand.</param>
    /// <param name="work">The work.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="callersBlock">Whether the caller may block once it goes on, so that it needs a pool thread of its own.</param>
    /// <param name="cancellationToken">Given to the work.</param>
    public static ValueTask<TResponse> Start(
        Strand strand, Func<TRequest, CancellationToken, ValueTask<TResponse>> work, TRequest request, bool callersBlock,
        CancellationToken cancellationToken)
    {
        if (strand.IsCurrent)
            return work(request, cancellationToken);
        var call = new StrandCall<TRequest, TResponse>(
            work, request, callersBlock || SynchronizationContext.Current is Strand ? null : strand, cancellationToken);
        strand.Post(static state => _ = ((StrandCall<TRequest, TResponse>)state!).RunAsync(), call);
        return new ValueTask<TResponse>(call, call.outcome.Version);
    }

    /// <inheritdoc/>
    public TResponse GetResult(short token) => outcome.GetResult(token);

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => outcome.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        outcome.OnCompleted(continuation, state, token, flags);

    private async Task RunAsync()
    {
        try
        {
            response = await work(request, cancellationToken);
        }
        catch (Exception e)
        {
            error = e;
        }

        if (leaves is null)
            Complete();
        else
            leaves.Leave(static state => ((StrandCall<TRequest, TResponse>)state!).Complete(), this);
    }

    private void Complete()
    {
        if (error is not null)
            outcome.SetException(error);
        else
            outcome.SetResult(response!);
    }
}
