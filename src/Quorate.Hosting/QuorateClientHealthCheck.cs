using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Quorate.Services.Coordination;
using Quorate.Services.Recipes;

namespace Quorate.Hosting;

/// <summary>Healthy while the cluster answers this client a linearizable read, which takes a leader with a majority.</summary>
/// <param name="store">The store.</param>
/// <param name="description">Says where the keys of this client are, which it may read.</param>
internal sealed class QuorateClientHealthCheck(IKeyValueStore store, IOptions<QuorateClientBuilder> description) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await store.GetAsync(description.Value.RecipeOptions.Prefix + "health", cancellationToken);
            return HealthCheckResult.Healthy("The cluster answers.");
        }
        catch (CoordinationException e)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, e.Message, e);
        }
    }
}
