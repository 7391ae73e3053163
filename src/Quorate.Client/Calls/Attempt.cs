using Google.Protobuf;
using Quorate.Client.Endpoints;
using Quorate.Client.Grpc;
using Quorate.Services.Coordination;

namespace Quorate.Client.Calls;

/// <summary>Makes a call once, and tells its endpoint how it went.</summary>
/// <param name="options">The client's options.</param>
/// <param name="endpoints">All endpoints.</param>
/// <param name="clock">The clock.</param>
internal readonly struct Attempt(EtcdClientOptions options, EndpointSet endpoints, TimeProvider clock)
{
    // Who gives up sooner says nothing of the endpoint.
    internal const int PatienceParts = 4;

    /// <summary>Makes it.</summary>
    /// <param name="endpoint">Where.</param>
    /// <param name="method">What.</param>
    /// <param name="token">As whom.</param>
    /// <param name="request">The request.</param>
    /// <param name="budget">The call's.</param>
    /// <exception cref="CallException">It failed.</exception>
    public async Task<T> CallAsync<T>(Endpoint endpoint, CallMethod<T> method, string? token, IMessage request, CallBudget budget)
        where T : class, IMessage<T>
    {
        var since = clock.GetTimestamp();
        // What may be repeated is rather repeated elsewhere than waited for.
        var goesElsewhere = method.IsRepeatable && endpoints.HasOther(endpoint);
        using var silence = new CancellationTokenSource(options.SilenceMax, clock);
        using var asking = silence.Token.UnsafeRegister(_ => endpoint.Unanswered(since), null);
        using var ends = goesElsewhere ? CancellationTokenSource.CreateLinkedTokenSource(budget.Token, silence.Token) : null;
        endpoint.Begin();
        try
        {
            var head = new CallHead(method.Path, RequireLeader: !method.IsAnonymous, token, options.CallTimeout);
            var answer = await endpoint.Channel().CallAsync(head, request, method.Parser, ends?.Token ?? budget.Token).ConfigureAwait(false);
            endpoint.Answered();
            return answer;
        }
        catch (CallException e)
        {
            Tell(endpoint, e);
            throw;
        }
        catch (OperationCanceledException)
        {
            if (clock.GetElapsedTime(since) >= options.SilenceMax / PatienceParts)
                endpoint.Unanswered(since);
            if (!budget.Token.IsCancellationRequested)
                throw new CallException(CallFate.Unknown, GrpcCode.DeadlineExceeded, $"{endpoint.Address.Authority} does not answer");
            throw budget.Reason(() => new CoordinationException(
                CoordinationError.Timeout, $"{endpoint.Address.Authority} did not answer in time; what became of the call is not known."));
        }
        finally
        {
            endpoint.End();
        }
    }

    private static void Tell(Endpoint endpoint, CallException failure)
    {
        if (failure.Fate == CallFate.Answered || failure.InnerException is GrpcException)
            endpoint.Answered();
        else
            endpoint.Failed(failure.Message);
    }
}
