using Quorate.Kernel.Machines;
using Quorate.Services.Coordination;
using Quorate.Services.Recipes.Keys;
using Quorate.Services.Recipes.Providers;
using Quorate.Services.Recipes.Timing;

namespace Quorate.Services.Recipes.Sessions;

/// <summary>The one session of a client: begun when it is first needed, and anew after it was lost. On the strand.</summary>
/// <param name="machine">The machine.</param>
/// <param name="calls">The store.</param>
/// <param name="keys">The keys.</param>
/// <param name="options">The settings.</param>
internal sealed class SessionSource(IMachine machine, StoreCalls calls, RecipeKeys keys, RecipeOptions options)
{
    private readonly CancellationTokenSource stopping = new();
    private Task<SessionKeys>? beginning;
    private SessionKeys? current;

    /// <summary>How many sessions were lost, other than by stopping.</summary>
    public long Lost { get; private set; }

    /// <summary>The session, begun anew where it was lost.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="CoordinationException">The store refuses for good.</exception>
    public async Task<SessionKeys> CurrentAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ThrowIfStopping();
            if (current is { Session.IsTrusted: true } session)
                return session;
            await Waiting.SharedAsync(beginning ??= BeginAsync(), cancellationToken);
        }
    }

    /// <summary>Ends the session for its holders, and then for the store.</summary>
    public async Task StopAsync()
    {
        if (stopping.IsCancellationRequested)
            return;
        stopping.Cancel();
        if (current is not { } session)
            return;
        session.Session.End("its client stops");
        await session.Session.RevokeAsync(CancellationToken.None);
    }

    private void ThrowIfStopping()
    {
        if (stopping.IsCancellationRequested)
            throw new CoordinationException(CoordinationError.Stopped, "The coordination client has stopped.");
    }

    private async Task<SessionKeys> BeginAsync()
    {
        try
        {
            while (true)
            {
                var sentAt = machine.Clock.GetTimestamp();
                var ttl = (long)options.SessionTtl.TotalSeconds;
                var lease = await calls.UntilAnsweredAsync(
                    (p, c) =>
                    {
                        sentAt = machine.Clock.GetTimestamp();
                        return p.LeaseGrantAsync(ttl, c);
                    },
                    stopping.Token);
                var session = new Session(machine, calls, options, lease, sentAt);
                var begun = new SessionKeys(session, calls, keys.Session(session.Id), RecipeKeys.Bytes(options.Owner));
                if (!await begun.TryBeginAsync(stopping.Token))
                    continue;
                machine.Telemetry.Record(Severity.Debug, "session", $"session {session.Id:x16} begins");
                current = begun;
                _ = KeepAsync(session);
                return begun;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw new CoordinationException(CoordinationError.Stopped, "The coordination client has stopped.");
        }
        finally
        {
            beginning = null;
        }
    }

    private async Task KeepAsync(Session session)
    {
        await session.KeepAsync();
        if (stopping.IsCancellationRequested)
            return;
        Lost++;
        machine.Telemetry.Record(Severity.Warning, "session", $"session {session.Id:x16} is lost: {session.WhyLost}");
        // Its holders know: others need not wait for its time to pass.
        await session.RevokeAsync(CancellationToken.None);
    }
}
