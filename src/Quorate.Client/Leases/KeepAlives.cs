using Quorate.Client.Calls;
using Quorate.Client.Endpoints;
using Quorate.Client.Grpc;
using Quorate.Client.Translation;
using Quorate.Services.Coordination;

namespace Quorate.Client.Leases;

/// <summary>Renews leases over one stream, which is opened elsewhere when it breaks or falls silent; renewing twice does no harm.</summary>
/// <param name="options">The client's options.</param>
/// <param name="caller">Chooses endpoints and knows the token.</param>
/// <param name="clock">The clock.</param>
internal sealed class KeepAlives(EtcdClientOptions options, Caller caller, TimeProvider clock) : IDisposable
{
    // A session depends on it, and it does no harm elsewhere: so it is waited for half as long as other calls.
    private const int UrgentParts = 2;
    private readonly SemaphoreSlim opening = new(1);
    private KeepAliveStream? current;

    /// <summary>Renews a lease.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CoordinationException">It was not renewed in time, or is refused.</exception>
    public async Task<Wire.LeaseKeepAliveResponse> RenewAsync(long id, CancellationToken cancellationToken)
    {
        using var budget = caller.Budget(cancellationToken);
        Endpoint? tried = null;
        while (true)
        {
            var stream = await StreamAsync(tried, budget).ConfigureAwait(false);
            tried = stream.Endpoint;
            try
            {
                return await AnswerAsync(stream, id, budget).ConfigureAwait(false);
            }
            catch (CallException e)
            {
                Tell(stream, e);
                if (!caller.MayRepeat(isRepeatable: true, stream.Endpoint, stream.Token, e, budget))
                    throw StatusErrors.ToException(e);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => current?.Dispose();

    private async Task<Wire.LeaseKeepAliveResponse> AnswerAsync(KeepAliveStream stream, long id, CallBudget budget)
    {
        var since = clock.GetTimestamp();
        try
        {
            return await stream.RenewAsync(id).WaitAsync(options.SilenceMax / UrgentParts, clock, budget.Token).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            GiveUp(stream, since);
            throw new CallException(CallFate.Unknown, GrpcCode.DeadlineExceeded, $"{stream.Endpoint.Address.Authority} does not answer");
        }
        catch (OperationCanceledException)
        {
            if (clock.GetElapsedTime(since) >= options.SilenceMax / Attempt.PatienceParts)
                GiveUp(stream, since);
            throw budget.Reason(() => CoordinationErrors.Of(CoordinationError.Timeout));
        }
    }

    /// <summary>Others are rather renewed elsewhere than behind one that is stuck.</summary>
    private static void GiveUp(KeepAliveStream stream, long since)
    {
        stream.Endpoint.Unanswered(since);
        stream.Dispose();
    }

    private static void Tell(KeepAliveStream stream, CallException failure)
    {
        stream.Dispose();
        if (failure.Fate == CallFate.Answered)
            stream.Endpoint.Answered();
        else if (failure.Code == GrpcCode.Unavailable)
            stream.Endpoint.Failed(failure.Message);
    }

    private async ValueTask<KeepAliveStream> StreamAsync(Endpoint? tried, CallBudget budget)
    {
        if (Volatile.Read(ref current) is { IsOpen: true } open)
            return open;
        try
        {
            await opening.WaitAsync(budget.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw budget.Reason(() => CoordinationErrors.Of(CoordinationError.Timeout));
        }

        try
        {
            return current is { IsOpen: true } meanwhile ? meanwhile : await OpenAsync(tried, budget).ConfigureAwait(false);
        }
        finally
        {
            opening.Release();
        }
    }

    private async Task<KeepAliveStream> OpenAsync(Endpoint? tried, CallBudget budget)
    {
        while (true)
        {
            var endpoint = await caller.NextAsync(tried, budget).ConfigureAwait(false);
            var token = await caller.TokenAsync(budget).ConfigureAwait(false);
            try
            {
                var made = new KeepAliveStream(endpoint, token);
                Volatile.Write(ref current, made);
                if (caller.Stopping.IsCancellationRequested)
                    made.Dispose();
                return made;
            }
            catch (CallException e)
            {
                tried = endpoint;
                endpoint.Failed(e.Message);
            }
        }
    }
}
