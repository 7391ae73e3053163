using Quorate.Kernel.Machines;
using Quorate.Services.Coordination;
using Quorate.Services.Recipes.Providers;

namespace Quorate.Services.Recipes.Sessions;

/// <summary>
/// A lease that is kept alive, and the time until which its holder may trust it. All that a client holds hangs on it, and is lost with it at
/// once. Its work is on one strand; the token and the look at the clock are for any thread.
/// </summary>
/// <remarks>
/// The leader ends a lease no earlier than its time to live after it took the last renewal in, on its own clock. That was after the renewal
/// was sent. So a holder that counts from the sending, on its own clock, and stops a little earlier for the drift of both, always stops first.
/// Source: Gray and Cheriton, "Leases", 1989, section 2; Chubby, section 2.8.
/// </remarks>
internal sealed class Session
{
    // A third of the time, so that two renewals may fail.
    private const int RenewalsPerTtl = 3;

    // Timers count whole milliseconds: rather that much too early than too late.
    private static readonly TimeSpan TimerGrain = TimeSpan.FromMilliseconds(1);
    private readonly IMachine machine;
    private readonly StoreCalls calls;
    private readonly double trustedPart;
    private readonly CancellationTokenSource lost = new();
    private readonly long origin;
    private readonly ITimer timer;
    private TimeSpan ttl;
    private long trustedUntilTicks;
    private int ending;

    /// <summary>Begins with a lease that was granted.</summary>
    /// <param name="machine">The machine, for its clock.</param>
    /// <param name="calls">The store.</param>
    /// <param name="options">The settings.</param>
    /// <param name="lease">The lease.</param>
    /// <param name="sentAt">The timestamp at which its granting was asked for.</param>
    public Session(IMachine machine, StoreCalls calls, RecipeOptions options, LeaseGrantResponse lease, long sentAt)
    {
        (this.machine, this.calls, Id, origin) = (machine, calls, lease.Id, sentAt);
        trustedPart = 1 - options.ClockDriftMax;
        Lost = lost.Token;
        timer = machine.Clock.CreateTimer(
            static session => ((Session)session!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Trust(sentAt, lease.TtlSeconds);
    }

    /// <summary>The lease's id.</summary>
    public long Id { get; }

    /// <summary>Fires when it is lost.</summary>
    public CancellationToken Lost { get; }

    /// <summary>Why it was lost; null while it is not.</summary>
    public string? WhyLost { get; private set; }

    /// <summary>Looks at the clock whether it can be trusted.</summary>
    public bool IsTrusted => Volatile.Read(ref ending) == 0 && Remaining > TimeSpan.Zero;

    /// <summary>What is left of the time for which it can be trusted; negative when it is over.</summary>
    public TimeSpan Remaining => new TimeSpan(Interlocked.Read(ref trustedUntilTicks)) - machine.Clock.GetElapsedTime(origin);

    /// <summary>Does nothing while it can be trusted.</summary>
    /// <exception cref="SessionLostException">It cannot.</exception>
    public void ThrowIfLost()
    {
        if (IsTrusted)
            return;
        End("it was not renewed in time");
        throw Exception();
    }

    /// <summary>The exception that says that it was lost.</summary>
    public SessionLostException Exception() => new($"The session {Id:x16} is lost: {WhyLost ?? "it is ending"}.");

    /// <summary>Ends it for its holders, if it has not ended.</summary>
    /// <param name="why">Why, for people.</param>
    public void End(string why)
    {
        if (Interlocked.Exchange(ref ending, 1) != 0)
            return;
        WhyLost = why;
        timer.Dispose();
        try
        {
            lost.Cancel();
        }
        catch (AggregateException e)
        {
            machine.Telemetry.Record(Severity.Error, "session", $"a callback of a lost session failed: {e.InnerException?.Message}");
        }
    }

    /// <summary>Renews it until it is lost. On the strand.</summary>
    public async Task KeepAsync()
    {
        while (IsTrusted)
        {
            try
            {
                await Task.Delay(ttl / RenewalsPerTtl, machine.Clock, Lost);
                while (IsTrusted && !await TryRenewAsync())
                    await calls.PauseAsync(Lost);
            }
            catch (OperationCanceledException) when (Lost.IsCancellationRequested)
            {
                // Lost, or ended.
            }
        }

        End("it was not renewed in time");
    }

    /// <summary>Tells the store that it is over, so that nobody waits for its time to pass. Asked once; may fail.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task RevokeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await calls.OnceAsync((p, c) => p.LeaseRevokeAsync(Id, c), cancellationToken);
        }
        catch (CoordinationException)
        {
            // It is gone, or it ends by itself when its time has passed.
        }
    }

    private async Task<bool> TryRenewAsync()
    {
        var sentAt = machine.Clock.GetTimestamp();
        try
        {
            var renewed = await calls.OnceAsync((p, c) => p.LeaseKeepAliveAsync(Id, c), ttl / RenewalsPerTtl, Lost);
            if (renewed.TtlSeconds <= 0)
                End("the store has ended its lease");
            else
                Trust(sentAt, renewed.TtlSeconds);
            return true;
        }
        catch (CoordinationException e) when (e.Error == CoordinationError.LeaseNotFound)
        {
            End("the store has ended its lease");
            return true;
        }
        catch (CoordinationException)
        {
            return false;
        }
    }

    private void Trust(long sentAt, long ttlSeconds)
    {
        ttl = TimeSpan.FromSeconds(ttlSeconds);
        var until = machine.Clock.GetElapsedTime(origin, sentAt) + ttl * trustedPart;
        // Never backwards: the lease runs at least until the latest of what was promised.
        Interlocked.Exchange(ref trustedUntilTicks, Math.Max(until.Ticks, Interlocked.Read(ref trustedUntilTicks)));
        Arm();
    }

    private void OnTimer()
    {
        if (Remaining < TimerGrain)
            End("it was not renewed in time");
        else
            Arm();
    }

    private void Arm()
    {
        if (Volatile.Read(ref ending) != 0)
            return;
        var remaining = Remaining;
        var due = remaining > TimeSpan.Zero ? TimeSpan.FromMilliseconds(Math.Floor(remaining.TotalMilliseconds)) : TimeSpan.Zero;
        timer.Change(due, Timeout.InfiniteTimeSpan);
    }
}
