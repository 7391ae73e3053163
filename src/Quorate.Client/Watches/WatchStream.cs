using System.Threading.Channels;
using Quorate.Client.Calls;
using Quorate.Client.Endpoints;
using Quorate.Client.Grpc;
using Quorate.Client.Translation;
using Quorate.Services.Coordination;

namespace Quorate.Client.Watches;

/// <summary>
/// Watches over one stream to one endpoint. When that breaks, or its member has lost its leader, the reader is told by an error that may be tried
/// again, and opens another stream at the revision where it was.
/// </summary>
internal sealed class WatchStream : IWatchStream
{
    // What the reader does not take waits here, then in the window of the HTTP/2 stream, then at the server.
    private const int UnreadMax = 64;
    private readonly Caller caller;
    private readonly TimeProvider clock;
    private readonly Action ended;
    private readonly Channel<WatchMessage> unread = Channel.CreateBounded<WatchMessage>(UnreadMax);
    private readonly CancellationTokenSource ending = new();
    private readonly MessageContent requests = new();
    private Wire.WatchCreateRequest? lastCreated;
    private Endpoint? endpoint;
    private long askedAt;
    private bool isAsked;

    /// <summary>Begins to open it.</summary>
    /// <param name="caller">Chooses the endpoint and knows the token.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="ended">Called once when it is over.</param>
    public WatchStream(Caller caller, TimeProvider clock, Action ended)
    {
        (this.caller, this.clock, this.ended) = (caller, clock, ended);
        _ = Task.Run(RunAsync);
    }

    /// <inheritdoc/>
    public void Create(WatchCreateRequest request)
    {
        var wire = WireRequests.Of(request);
        lastCreated = wire.CreateRequest;
        Send(wire);
    }

    /// <inheritdoc/>
    public void Cancel(long watchId) => Send(new Wire.WatchRequest { CancelRequest = new Wire.WatchCancelRequest { WatchId = watchId } });

    /// <inheritdoc/>
    public void RequestProgress()
    {
        (askedAt, isAsked) = (clock.GetTimestamp(), true);
        Send(new Wire.WatchRequest { ProgressRequest = new Wire.WatchProgressRequest() });
    }

    /// <inheritdoc/>
    public async ValueTask<WatchMessage?> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (await unread.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (unread.Reader.TryRead(out var message))
                return message;
        }

        return null;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        unread.Writer.TryComplete();
        // Who asks, waits and gives up says that the endpoint is silent.
        if (isAsked)
            endpoint?.Unanswered(askedAt);
        ending.Cancel();
        return default;
    }

    private async Task RunAsync()
    {
        try
        {
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(ending.Token, caller.Stopping);
            await OpenAndReadAsync(linked.Token).ConfigureAwait(false);
        }
        catch (CoordinationException e)
        {
            unread.Writer.TryComplete(e);
        }
        catch (OperationCanceledException)
        {
            unread.Writer.TryComplete(caller.Stopping.IsCancellationRequested ? CallBudget.Stopped() : null);
        }
        finally
        {
            // Whatever happened: nobody reads for ever.
            unread.Writer.TryComplete();
            ended();
        }
    }

    private async Task OpenAndReadAsync(CancellationToken cancellationToken)
    {
        using var budget = caller.Budget(cancellationToken);
        var chosen = endpoint = await caller.NextAsync(null, budget).ConfigureAwait(false);
        var token = await caller.TokenAsync(budget).ConfigureAwait(false);
        chosen.Begin();
        try
        {
            using var opened = chosen.Channel().Open(
                new CallHead("/etcdserverpb.Watch/Watch", RequireLeader: true, token), Wire.WatchResponse.Parser, requests);
            // Also while nobody reads, and while what is read is waited for.
            using var closing = cancellationToken.UnsafeRegister(static stream => ((IDisposable)stream!).Dispose(), opened);
            await ReadAllAsync(opened, chosen, cancellationToken).ConfigureAwait(false);
            throw Broken("the server ended it");
        }
        catch (CallException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (CallException e)
        {
            throw Judge(chosen, token, e, budget);
        }
        finally
        {
            chosen.End();
        }
    }

    private async Task ReadAllAsync(GrpcStream<Wire.WatchResponse> opened, Endpoint chosen, CancellationToken cancellationToken)
    {
        var answers = new WatchAnswers();
        while (await opened.ReadAsync().ConfigureAwait(false) is { } answer)
        {
            chosen.Answered();
            if (answer.Canceled && StatusErrors.MayBeToken(answer.CancelReason) && await MayReadAsync(cancellationToken).ConfigureAwait(false))
                throw Broken(answer.CancelReason);
            if (answers.Take(answer) is { } message)
                await unread.Writer.WriteAsync(message, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Whether what is watched may be read. A read tells a token that was forgotten from a lack of permission, and gets another one; the refusal of
    /// a watch does not.
    /// </summary>
    private async Task<bool> MayReadAsync(CancellationToken cancellationToken)
    {
        if (lastCreated is not { } watched)
            return false;
        try
        {
            var read = new Wire.RangeRequest { Key = watched.Key, RangeEnd = watched.RangeEnd, CountOnly = true, Serializable = true };
            await caller.CallAsync(CallMethods.Range, read, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (CoordinationException e)
        {
            return CoordinationErrors.MayBeTriedAgain(e.Error);
        }
    }

    private CoordinationException Judge(Endpoint chosen, string? token, CallException failure, CallBudget budget)
    {
        if (failure.Fate != CallFate.Answered && failure.InnerException is not GrpcException)
            chosen.Failed(failure.Message);
        // Watching changes nothing, so whatever may pass may be tried again.
        return caller.MayRepeat(isRepeatable: true, chosen, token, failure, budget) ? Broken(failure.Message) : StatusErrors.ToException(failure);
    }

    // What is written before the stream is open waits in its content.
    private void Send(Wire.WatchRequest request)
    {
        // An error, where it has not ended before.
        if (!requests.TryWrite(request))
            unread.Writer.TryComplete(CoordinationErrors.Of(CoordinationError.TooManyRequests));
    }

    private static CoordinationException Broken(string why) => new(CoordinationError.NoLeader, $"The stream of watches broke: {why}");
}
