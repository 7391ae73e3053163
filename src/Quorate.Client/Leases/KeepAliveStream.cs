using Quorate.Client.Endpoints;
using Quorate.Client.Grpc;

namespace Quorate.Client.Leases;

/// <summary>
/// A stream of renewals to one endpoint. The server answers them one by one in their order, so that each answer is that of the oldest request:
/// also where its caller has given up, for else a late answer would be taken for that of a later request, and trusted for too long.
/// </summary>
/// <remarks>Source: etcd v3.4, etcdserver/api/v3rpc/lease.go, leaseKeepAlive.</remarks>
internal sealed class KeepAliveStream : IDisposable
{
    private readonly GrpcStream<Wire.LeaseKeepAliveResponse> stream;
    private readonly Lock sync = new();
    private readonly Queue<Renewal> waiting = [];
    private CallException? ended;

    /// <summary>Opens it.</summary>
    /// <param name="endpoint">Where.</param>
    /// <param name="token">As whom.</param>
    /// <exception cref="CallException">It cannot be opened.</exception>
    public KeepAliveStream(Endpoint endpoint, string? token)
    {
        (Endpoint, Token) = (endpoint, token);
        var head = new CallHead("/etcdserverpb.Lease/LeaseKeepAlive", RequireLeader: true, token);
        stream = endpoint.Channel().Open(head, Wire.LeaseKeepAliveResponse.Parser);
        endpoint.Begin();
        _ = Task.Run(ReadAsync);
    }

    /// <summary>Where it leads.</summary>
    public Endpoint Endpoint { get; }

    /// <summary>As whom it was opened.</summary>
    public string? Token { get; }

    /// <summary>Whether it can take another renewal.</summary>
    public bool IsOpen
    {
        get
        {
            lock (sync)
                return ended is null;
        }
    }

    /// <summary>Renews a lease.</summary>
    /// <param name="id">Which.</param>
    /// <exception cref="CallException">The stream ended before the answer.</exception>
    public Task<Wire.LeaseKeepAliveResponse> RenewAsync(long id)
    {
        lock (sync)
        {
            if (ended is null && stream.TryWrite(new Wire.LeaseKeepAliveRequest { ID = id }))
            {
                var answer = new TaskCompletionSource<Wire.LeaseKeepAliveResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
                waiting.Enqueue(new Renewal(id, answer));
                return answer.Task;
            }

            return Task.FromException<Wire.LeaseKeepAliveResponse>(
                ended ?? new CallException(CallFate.NotSent, GrpcCode.Unavailable, "too many renewals wait to be sent"));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => End(new CallException(CallFate.Unknown, GrpcCode.Unavailable, "the stream of renewals was given up"));

    private async Task ReadAsync()
    {
        try
        {
            while (await stream.ReadAsync().ConfigureAwait(false) is { } response)
            {
                Endpoint.Answered();
                if (!TryAnswer(response))
                    throw new CallException(CallFate.Unknown, GrpcCode.Internal, $"a renewal of {response.ID:x} was answered that was not next");
            }

            End(new CallException(CallFate.Unknown, GrpcCode.Unavailable, "the server ended the stream of renewals"));
        }
        catch (CallException e)
        {
            End(e);
        }
        finally
        {
            Endpoint.End();
        }
    }

    private bool TryAnswer(Wire.LeaseKeepAliveResponse response)
    {
        Renewal? oldest;
        lock (sync)
        {
            if (!waiting.TryDequeue(out oldest) || oldest.Id != response.ID)
                return false;
        }

        oldest.Answer.TrySetResult(response);
        return true;
    }

    private void End(CallException why)
    {
        lock (sync)
        {
            if (ended is not null)
                return;
            ended = why;
            foreach (var renewal in waiting)
                renewal.Answer.TrySetException(why);
            waiting.Clear();
        }

        stream.Dispose();
    }

    private sealed record Renewal(long Id, TaskCompletionSource<Wire.LeaseKeepAliveResponse> Answer);
}
