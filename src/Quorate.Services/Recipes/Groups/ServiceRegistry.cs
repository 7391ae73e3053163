using System.Runtime.CompilerServices;
using Quorate.Services.Coordination;
using Quorate.Services.Recipes.Keys;
using Quorate.Services.Recipes.Lines;
using Quorate.Services.Recipes.Providers;
using Quorate.Services.Recipes.Sessions;
using Quorate.Services.Recipes.Watches;

namespace Quorate.Services.Recipes.Groups;

/// <summary>Services and groups: a key of each instance, on its client's session.</summary>
/// <param name="turns">The client's strand.</param>
/// <param name="keys">The keys.</param>
/// <param name="sessions">The client's session.</param>
/// <param name="calls">The store.</param>
/// <param name="waits">Waits for changes.</param>
internal sealed class ServiceRegistry(Turns turns, RecipeKeys keys, SessionSource sessions, StoreCalls calls, KeyWaits waits) : IServiceRegistry
{
    /// <inheritdoc/>
    public async ValueTask<IRegistration> RegisterAsync(
        string service, string instance, ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default)
    {
        var key = RecipeKeys.Bytes(Prefix(service) + RecipeKeys.Encoded(instance));
        var registration = new Registration(turns, sessions, calls, instance, key, value);
        await registration.StartAsync(cancellationToken);
        return registration;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ServiceInstance>> ListAsync(string service, CancellationToken cancellationToken = default) =>
        Instances(service, await ReadAsync(service, cancellationToken));

    /// <inheritdoc/>
    public async IAsyncEnumerable<IReadOnlyList<ServiceInstance>> ObserveAsync(
        string service, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var state in waits.StatesAsync(KeySpan.Below(Prefix(service)), c => ReadAsync(service, c), cancellationToken))
            yield return Instances(service, state);
    }

    private string Prefix(string service) => keys.Of("service", service);

    private Task<RangeResponse> ReadAsync(string service, CancellationToken cancellationToken)
    {
        var span = KeySpan.Below(Prefix(service));
        var request = new RangeRequest(span.Key, span.End);
        return calls.UntilAnsweredAsync((p, c) => p.RangeAsync(request, c), cancellationToken);
    }

    private IReadOnlyList<ServiceInstance> Instances(string service, RangeResponse range)
    {
        var skip = RecipeKeys.Bytes(Prefix(service)).Length;
        return [.. range.KeyValues.Select(kv => new ServiceInstance(RecipeKeys.Decoded(kv.Key.Span[skip..]), kv.Value, kv.CreateRevision))];
    }
}
