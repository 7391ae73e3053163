using Quorate.Kernel.Machines;
using Quorate.Kernel.Strands;
using Quorate.Services.Coordination.Serving;

namespace Quorate.Services.Recipes.Lines;

/// <summary>Takes callers of any thread to the strand of the lines and back.</summary>
/// <param name="machine">The machine.</param>
/// <param name="strand">The client's strand.</param>
/// <param name="lineUp">The lines.</param>
internal sealed class Turns(IMachine machine, Strand strand, LineUp lineUp)
{
    /// <summary>The client's strand.</summary>
    public Strand Strand => strand;

    /// <summary>Waits for a turn.</summary>
    /// <param name="line">The line.</param>
    /// <param name="value">What stands in the key.</param>
    /// <param name="cancellationToken">Gives up, and leaves the line.</param>
    public ValueTask<Held> AcquireAsync(Line line, ReadOnlyMemory<byte> value, CancellationToken cancellationToken) =>
        OnAsync(async (asked, c) => Give(await lineUp.WaitAsync(asked.line, asked.value, c)), (line, value), cancellationToken);

    /// <summary>Takes the turn if it comes at once.</summary>
    /// <param name="line">The line.</param>
    /// <param name="value">What stands in the key.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask<Held?> TryAcquireAsync(Line line, ReadOnlyMemory<byte> value, CancellationToken cancellationToken) =>
        OnAsync(
            async (asked, c) => await lineUp.TryAsync(asked.line, asked.value, c) is { } place ? Give(place) : null,
            (line, value), cancellationToken);

    /// <summary>Does work on the strand for a caller of any thread.</summary>
    /// <param name="work">The work.</param>
    /// <param name="request">What it is given.</param>
    /// <param name="cancellationToken">Given to it.</param>
    /// <typeparam name="TRequest">What is asked.</typeparam>
    /// <typeparam name="TResponse">What is answered.</typeparam>
    public ValueTask<TResponse> OnAsync<TRequest, TResponse>(
        Func<TRequest, CancellationToken, ValueTask<TResponse>> work, TRequest request, CancellationToken cancellationToken) =>
        StrandCall<TRequest, TResponse>.Start(strand, work, request, callersBlock: true, cancellationToken);

    /// <summary>Hands a place over to its holder.</summary>
    /// <param name="place">The place, whose turn has come.</param>
    public Held Give(Place place) => new(strand, machine.Telemetry, place);
}
