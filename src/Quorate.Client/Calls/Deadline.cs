using Quorate.Services.Coordination;

namespace Quorate.Client.Calls;

/// <summary>When a call ends without an answer: its time is over, its caller gives up, or the client stops.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource late;
    private readonly CancellationTokenSource ends;
    private readonly CancellationToken caller;
    private readonly CancellationToken stopping;

    /// <summary>Begins to count.</summary>
    /// <param name="timeout">The time.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="caller">The caller gives up.</param>
    /// <param name="stopping">The client stops.</param>
    public Deadline(TimeSpan timeout, TimeProvider clock, CancellationToken caller, CancellationToken stopping)
    {
        (this.caller, this.stopping) = (caller, stopping);
        late = new CancellationTokenSource(timeout, clock);
        ends = CancellationTokenSource.CreateLinkedTokenSource(late.Token, caller, stopping);
    }

    /// <summary>Fires at the end.</summary>
    public CancellationToken Token => ends.Token;

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
