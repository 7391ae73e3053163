using Quorate.Services.Coordination;

namespace Quorate.Client.Calls;

/// <summary>What may be spent on a call: its time, unless its caller gives up or the client stops before, and some tokens.</summary>
internal sealed class CallBudget : IDisposable
{
    // Members may have forgotten tokens one after the other; one that refuses every token is not asked for ever.
    private const int RefusalsMax = 3;
    private readonly CancellationTokenSource late;
    private readonly CancellationTokenSource ends;
    private readonly CancellationToken caller;
    private readonly CancellationToken stopping;
    private int refusals;

    /// <summary>Begins to count.</summary>
    /// <param name="timeout">The time.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="caller">The caller gives up.</param>
    /// <param name="stopping">The client stops.</param>
    public CallBudget(TimeSpan timeout, TimeProvider clock, CancellationToken caller, CancellationToken stopping)
    {
        (this.caller, this.stopping) = (caller, stopping);
        late = new CancellationTokenSource(timeout, clock);
        ends = CancellationTokenSource.CreateLinkedTokenSource(late.Token, caller, stopping);
    }

    /// <summary>Fires at the end.</summary>
    public CancellationToken Token => ends.Token;

    /// <summary>A token was not accepted.</summary>
    /// <returns>Whether another one may be asked for.</returns>
    public bool TryAnotherToken() => ++refusals < RefusalsMax;

    /// <summary>What the caller is told when it has fired.</summary>
    /// <param name="late">What it is told when the time is over.</param>
    public Exception Reason(Func<CoordinationException> late) =>
        caller.IsCancellationRequested ? new OperationCanceledException(caller) : stopping.IsCancellationRequested ? Stopped() : late();

    /// <summary>What calls of a client that has stopped are told.</summary>
    public static CoordinationException Stopped() => new(CoordinationError.Stopped, "The client has stopped.");

    /// <inheritdoc/>
    public void Dispose()
    {
        ends.Dispose();
        late.Dispose();
    }
}
