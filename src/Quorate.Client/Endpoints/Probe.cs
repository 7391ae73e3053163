using Quorate.Client.Grpc;

namespace Quorate.Client.Endpoints;

/// <summary>Asks an endpoint that is down whether it serves again.</summary>
/// <param name="options">The client's options.</param>
/// <param name="clock">The clock.</param>
/// <param name="random">Spreads the pauses, so that many clients do not come back at the same instant.</param>
internal sealed class Probe(EtcdClientOptions options, TimeProvider clock, Random random)
{
    private const string Status = "/etcdserverpb.Maintenance/Status";
    private const double PauseMsMin = 25;
    private const int DoublingsMax = 16;

    /// <summary>How long to wait before an attempt: twice as long each time up to a bound, and of that between the half and the whole.</summary>
    /// <param name="attempt">Its number.</param>
    public TimeSpan Pause(int attempt)
    {
        var whole = Math.Min(PauseMsMin * (1 << Math.Min(attempt, DoublingsMax)), options.BackoffMax.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(whole * (0.5 + random.NextDouble() / 2));
    }

    /// <summary>Asks once.</summary>
    /// <param name="endpoint">Whom.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether it answered, and why it is not up; null when it is.</returns>
    public async Task<(bool IsAlive, string? Why)> AskAsync(Endpoint endpoint, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(options.SilenceMax, clock);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            var head = new CallHead(Status, RequireLeader: false, Timeout: options.SilenceMax);
            var status = await endpoint.Channel().CallAsync(head, new Wire.EmptyRequest(), Wire.StatusResponse.Parser, ends.Token)
                .ConfigureAwait(false);
            return (true, status.Leader == 0 ? "it knows no leader" : null);
        }
        catch (CallException e)
        {
            // Whatever the answer says, there is somebody who gives it.
            return e.Fate == CallFate.Answered && e.Code != GrpcCode.Unavailable ? (true, null) : (e.Fate == CallFate.Answered, e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (false, "it does not answer");
        }
    }
}
