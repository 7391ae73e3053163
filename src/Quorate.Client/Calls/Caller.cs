using Google.Protobuf;
using Quorate.Client.Endpoints;
using Quorate.Client.Grpc;
using Quorate.Client.Translation;
using Quorate.Services.Coordination;

namespace Quorate.Client.Calls;

/// <summary>
/// Makes calls with one answer, on whichever endpoint is up, and repeats what may be repeated. A write whose outcome is not known is never sent
/// again: its caller is told.
/// </summary>
internal sealed class Caller : IDisposable
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(10);
    private readonly EtcdClientOptions options;
    private readonly EndpointSet endpoints;
    private readonly TimeProvider clock;
    private readonly Random random;
    private readonly CancellationTokenSource stopping = new();
    private int underWay;

    /// <summary>Prepares it; nobody is called yet.</summary>
    /// <param name="options">The client's options.</param>
    /// <param name="endpoints">The endpoints.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="random">Chance.</param>
    public Caller(EtcdClientOptions options, EndpointSet endpoints, TimeProvider clock, Random random)
    {
        (this.options, this.endpoints, this.clock, this.random) = (options, endpoints, clock, random);
        Tokens = new Tokens(options.User is { Length: > 0 } ? AuthenticateAsync : null);
    }

    /// <summary>The token that proves who calls.</summary>
    public Tokens Tokens { get; }

    /// <summary>Fires when the client stops.</summary>
    public CancellationToken Stopping => stopping.Token;

    /// <summary>Makes a call.</summary>
    /// <param name="method">What is called.</param>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CoordinationException">It failed, and how.</exception>
    public async Task<T> CallAsync<T>(CallMethod<T> method, IMessage request, CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        if (Interlocked.Increment(ref underWay) > options.CallsMax)
        {
            Interlocked.Decrement(ref underWay);
            throw CoordinationErrors.Of(CoordinationError.TooManyRequests);
        }

        using var budget = Budget(cancellationToken);
        try
        {
            return await AttemptsAsync(method, request, budget).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref underWay);
        }
    }

    /// <summary>Begins to count the time of a call.</summary>
    /// <param name="cancellationToken">The caller gives up.</param>
    public CallBudget Budget(CancellationToken cancellationToken) => new(options.CallTimeout, clock, cancellationToken, stopping.Token);

    /// <summary>Waits before a call that was answered is repeated.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task PauseAsync(CancellationToken cancellationToken) => Task.Delay(PauseMin * (1 + random.NextDouble()), clock, cancellationToken);

    /// <summary>Ends what is under way.</summary>
    public void Dispose() => stopping.Cancel();

    private async Task<T> AttemptsAsync<T>(CallMethod<T> method, IMessage request, CallBudget budget)
        where T : class, IMessage<T>
    {
        Endpoint? tried = null;
        while (true)
        {
            tried = await NextAsync(tried, budget).ConfigureAwait(false);
            var token = method.IsAnonymous ? null : await TokenAsync(budget).ConfigureAwait(false);
            try
            {
                return await new Attempt(options, endpoints, clock).CallAsync(tried, method, token, request, budget).ConfigureAwait(false);
            }
            catch (CallException e) when (MayRepeat(method.IsRepeatable, tried, token, e, budget))
            {
                if (e.Fate == CallFate.Answered)
                    await PauseOrEndAsync(e, budget).ConfigureAwait(false);
            }
            catch (CallException e)
            {
                throw StatusErrors.ToException(e);
            }
        }
    }

    /// <summary>The endpoint that comes next.</summary>
    /// <param name="tried">Rather not this one.</param>
    /// <param name="budget">The call's.</param>
    /// <exception cref="CoordinationException">None is up in time.</exception>
    public async ValueTask<Endpoint> NextAsync(Endpoint? tried, CallBudget budget)
    {
        try
        {
            return await endpoints.NextAsync(tried, budget.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw budget.Reason(() => new CoordinationException(CoordinationError.NoLeader, $"No endpoint can be used: {endpoints.WhyDown()}."));
        }
    }

    /// <summary>The token.</summary>
    /// <param name="budget">The call's.</param>
    /// <exception cref="CoordinationException">There is none in time, or the user is not accepted.</exception>
    public async ValueTask<string?> TokenAsync(CallBudget budget)
    {
        try
        {
            return await Tokens.CurrentAsync(budget.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw budget.Reason(() => new CoordinationException(CoordinationError.NoLeader, $"No token was given in time. {endpoints.WhyDown()}"));
        }
    }

    /// <summary>Whether a call may be made again; marks the endpoint and the token for what they failed in.</summary>
    /// <param name="isRepeatable">Whether it may be done twice.</param>
    /// <param name="endpoint">Where it was made.</param>
    /// <param name="token">As whom.</param>
    /// <param name="failure">How it failed.</param>
    /// <param name="budget">The call's.</param>
    public bool MayRepeat(bool isRepeatable, Endpoint endpoint, string? token, CallException failure, CallBudget budget)
    {
        if (failure.InnerException is GrpcException)
            return false;
        if (failure.Fate != CallFate.Answered)
            return failure.Fate == CallFate.NotSent || isRepeatable;
        switch (StatusErrors.MeaningOf(failure))
        {
            case StatusMeaning.NotHere:
                endpoint.Failed(failure.Message);
                return true;
            case StatusMeaning.Token:
                return Tokens.Refuse(token) && budget.TryAnotherToken();
            case StatusMeaning.Unknown:
                return isRepeatable;
            default:
                return false;
        }
    }

    private async Task PauseOrEndAsync(CallException failure, CallBudget budget)
    {
        try
        {
            await PauseAsync(budget.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw budget.Reason(() => StatusErrors.ToException(failure));
        }
    }

    private async Task<string?> AuthenticateAsync()
    {
        var request = new Wire.AuthenticateRequest { Name = options.User, Password = options.Password };
        try
        {
            return (await CallAsync(CallMethods.Authenticate, request, CancellationToken.None).ConfigureAwait(false)).Token;
        }
        catch (CoordinationException e) when (e.Error == CoordinationError.AuthNotEnabled)
        {
            return null;
        }
    }
}
