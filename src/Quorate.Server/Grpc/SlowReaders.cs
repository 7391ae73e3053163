namespace Quorate.Server.Grpc;

/// <summary>
/// Ends the calls whose answers are written and not taken. A client that opens no window for them, with a connection that is otherwise alive, would
/// hold them for ever.
/// </summary>
/// <param name="timeout">How long an answer may wait.</param>
/// <param name="stopping">Canceled when the server stops.</param>
internal sealed class SlowReaders(TimeSpan timeout, CancellationToken stopping)
{
    private readonly Lock sync = new();

    // The web server keeps the objects of its streams and lets some go with their connections.
    private List<WeakReference<GrpcCall>> calls = [];

    /// <summary>Watches over a call object, in each of its uses.</summary>
    /// <param name="call">The object.</param>
    public void Add(GrpcCall call)
    {
        lock (sync)
            calls.Add(new WeakReference<GrpcCall>(call));
    }

    /// <summary>Looks at the calls now and then, until the server stops.</summary>
    public async Task RunAsync()
    {
        using var timer = new PeriodicTimer(timeout / 4);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
                Look();
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private void Look()
    {
        List<WeakReference<GrpcCall>> looked;
        lock (sync)
            (looked, calls) = (calls, []);
        looked.RemoveAll(reference =>
        {
            if (!reference.TryGetTarget(out var call))
                return true;
            call.EndIfNotTaken(timeout);
            return false;
        });
        lock (sync)
            calls.AddRange(looked);
    }
}
