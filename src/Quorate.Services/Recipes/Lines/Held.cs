using Quorate.Kernel.Machines;
using Quorate.Kernel.Strands;
using Quorate.Services.Coordination;

namespace Quorate.Services.Recipes.Lines;

/// <summary>A place whose turn has come, in the hands of its holder. For any thread.</summary>
internal sealed class Held : IHeld
{
    private readonly Strand strand;
    private readonly ITelemetry telemetry;
    private readonly Place place;
    private readonly CancellationTokenSource lost;
    private int released;

    /// <summary>Hands it over.</summary>
    /// <param name="strand">The client's strand.</param>
    /// <param name="telemetry">Told of callbacks that fail.</param>
    /// <param name="place">The place.</param>
    public Held(Strand strand, ITelemetry telemetry, Place place)
    {
        (this.strand, this.telemetry, this.place) = (strand, telemetry, place);
        lost = CancellationTokenSource.CreateLinkedTokenSource(place.Session.Lost);
        Lost = lost.Token;
    }

    /// <inheritdoc/>
    public string Name => place.Line.Name;

    /// <inheritdoc/>
    public long Token => place.Token;

    /// <inheritdoc/>
    public Fence Fence => new(place.Key, place.Token);

    /// <inheritdoc/>
    public CancellationToken Lost { get; }

    /// <inheritdoc/>
    public bool IsHeld => Volatile.Read(ref released) == 0 && place.Session.IsTrusted;

    /// <summary>The place.</summary>
    internal Place Place => place;

    /// <inheritdoc/>
    public void ThrowIfLost()
    {
        if (Volatile.Read(ref released) != 0)
            throw new SessionLostException($"'{Name}' was let go.");
        place.Session.ThrowIfLost();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref released, 1) != 0)
            return;
        Tell();
        try
        {
            await strand.InvokeAsync(place.LeaveAsync);
        }
        catch (CoordinationException e)
        {
            // The store is gone for good: the place goes when its lease ends.
            telemetry.Record(Severity.Warning, "recipes", $"'{Name}' could not be let go: {e.Message}");
        }

        lost.Dispose();
    }

    private void Tell()
    {
        try
        {
            lost.Cancel();
        }
        catch (AggregateException e)
        {
            telemetry.Record(Severity.Error, "recipes", $"a callback of '{Name}', which was let go, failed: {e.InnerException?.Message}");
        }
    }
}
