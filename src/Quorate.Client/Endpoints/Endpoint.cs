using Quorate.Client.Grpc;

namespace Quorate.Client.Endpoints;

/// <summary>
/// One member of the cluster, and what is known of its health. It is up until something fails on it. Once it is down it gets no calls; it is
/// asked in the background, with growing pauses, until it answers and has a leader. Safe to call from any thread.
/// </summary>
internal sealed class Endpoint : IDisposable
{
    private const int Up = 0;
    private const int Down = 1;
    private const int Stopped = 2;

    // Who answers and has no leader may have one any moment, and asking costs little: that is not asked ever more rarely.
    private const int AliveDoublingsMax = 2;
    private readonly Connections connections;
    private readonly Probe probe;
    private readonly TimeProvider clock;
    private readonly Action changed;
    private readonly Lock sync = new();
    private readonly CancellationTokenSource stopping = new();
    private GrpcChannel? channel;
    private int state;
    private int load;
    private long answeredAt;

    /// <summary>Prepares it; nobody is called yet.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="connections">Opens its channels.</param>
    /// <param name="probe">Asks whether it lives.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="changed">Called when it went up or down, from any thread.</param>
    public Endpoint(Uri address, Connections connections, Probe probe, TimeProvider clock, Action changed)
    {
        (Address, this.connections, this.probe, this.clock, this.changed) = (address, connections, probe, clock, changed);
        answeredAt = clock.GetTimestamp();
    }

    /// <summary>Where it is.</summary>
    public Uri Address { get; }

    /// <summary>Whether calls may go there.</summary>
    public bool IsUp => Volatile.Read(ref state) == Up;

    /// <summary>Why it is down, for people.</summary>
    public string? WhyDown { get; private set; }

    /// <summary>How many calls and streams are under way there.</summary>
    public int Load => Volatile.Read(ref load);

    /// <summary>Counts a call or stream.</summary>
    public void Begin() => Interlocked.Increment(ref load);

    /// <summary>Counts its end.</summary>
    public void End() => Interlocked.Decrement(ref load);

    /// <summary>Its channel.</summary>
    /// <exception cref="CallException">It cannot be opened.</exception>
    public GrpcChannel Channel()
    {
        lock (sync)
        {
            if (state == Stopped)
                throw new CallException(CallFate.NotSent, GrpcCode.Unavailable, "the client has stopped");
            try
            {
                return channel ??= connections.Open(Address);
            }
            catch (IOException e)
            {
                throw new CallException(CallFate.NotSent, GrpcCode.Unavailable, e.Message, e);
            }
        }
    }

    /// <summary>It has answered something: it lives.</summary>
    public void Answered() => Interlocked.Exchange(ref answeredAt, clock.GetTimestamp());

    /// <summary>A call failed on the way there or back, or found no leader there: calls go elsewhere until it answers.</summary>
    /// <param name="why">What happened.</param>
    public void Failed(string why) => GoDown(why, isSilent: false);

    /// <summary>Something was not answered. Where nothing else was answered either, it is asked at once, and broken off unless it answers.</summary>
    /// <param name="since">The timestamp of the asking.</param>
    public void Unanswered(long since)
    {
        if (Interlocked.Read(ref answeredAt) < since)
            GoDown("it does not answer", isSilent: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Interlocked.Exchange(ref state, Stopped);
        stopping.Cancel();
        BreakOff();
    }

    private void GoDown(string why, bool isSilent)
    {
        if (Interlocked.CompareExchange(ref state, Down, Up) != Up)
            return;
        WhyDown = why;
        changed();
        _ = Task.Run(() => ReviveAsync(isSilent));
    }

    private async Task ReviveAsync(bool isSilent)
    {
        try
        {
            // Who is silent may have died with its machine: then its streams would wait for ever.
            for (var (attempt, doublings) = (0, 0); ; attempt++)
            {
                if (attempt > 0 || !isSilent)
                    await Task.Delay(probe.Pause(doublings), clock, stopping.Token).ConfigureAwait(false);
                var (isAlive, why) = await probe.AskAsync(this, stopping.Token).ConfigureAwait(false);
                if (why is null)
                    break;
                WhyDown = why;
                doublings = isAlive ? Math.Min(doublings + 1, AliveDoublingsMax) : doublings + 1;
                if (!isAlive)
                    BreakOff();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return;
        }

        Answered();
        if (Interlocked.CompareExchange(ref state, Up, Down) == Down)
            changed();
    }

    private void BreakOff()
    {
        GrpcChannel? given;
        lock (sync)
            (given, channel) = (channel, null);
        given?.Dispose();
    }
}
