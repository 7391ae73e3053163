namespace Quorate.Client.Endpoints;

/// <summary>All endpoints, and which one comes next. Safe to call from any thread.</summary>
internal sealed class EndpointSet : IDisposable
{
    private readonly Endpoint[] endpoints;
    private readonly Lock sync = new();
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private uint turn;

    /// <summary>Prepares them; nobody is called yet.</summary>
    /// <param name="options">The client's options.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="random">Chance.</param>
    public EndpointSet(EtcdClientOptions options, TimeProvider clock, Random random)
    {
        var connections = new Connections(options);
        var probe = new Probe(options, clock, random);
        endpoints = [.. options.Endpoints.Select(text => new Endpoint(Parse(text, options), connections, probe, clock, OnChange))];
        // Clients that are started together do not all begin with the same one.
        turn = (uint)random.Next(endpoints.Length);
    }

    /// <summary>Whether another one than this is up.</summary>
    /// <param name="endpoint">This one.</param>
    public bool HasOther(Endpoint endpoint) => endpoints.Any(e => e != endpoint && e.IsUp);

    /// <summary>What is wrong with those that are down, for people.</summary>
    public string WhyDown() => string.Join("; ", endpoints.Where(e => !e.IsUp).Select(e => $"{e.Address.Authority}: {e.WhyDown}"));

    /// <summary>The one that is up and has the least under way; of equals the next in turn. Waits until one is up.</summary>
    /// <param name="butRather">Another one than this, where there is another.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async ValueTask<Endpoint> NextAsync(Endpoint? butRather, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task change;
            lock (sync)
                change = changed.Task;
            if ((Least(butRather) ?? Least(null)) is { } found)
                return found;
            await change.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var endpoint in endpoints)
            endpoint.Dispose();
    }

    private Endpoint? Least(Endpoint? butNot)
    {
        var start = Interlocked.Increment(ref turn);
        Endpoint? least = null;
        for (var i = 0; i < endpoints.Length; i++)
        {
            var endpoint = endpoints[(start + (uint)i) % (uint)endpoints.Length];
            if (endpoint.IsUp && endpoint != butNot && (least is null || endpoint.Load < least.Load))
                least = endpoint;
        }

        return least;
    }

    private void OnChange()
    {
        TaskCompletionSource told;
        lock (sync)
            (told, changed) = (changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        told.TrySetResult();
    }

    private static Uri Parse(string text, EtcdClientOptions options) =>
        EndpointAddress.TryParse(text, options.Tls is not null, out var address)
            ? address
            : throw new ArgumentException($"'{text}' is not an endpoint.");
}
