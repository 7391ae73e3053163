using Microsoft.Extensions.Diagnostics.HealthChecks;
using Quorate.Services.Coordination;

namespace Quorate.Hosting;

/// <summary>Healthy while this node knows a leader.</summary>
/// <param name="coordination">The node's service.</param>
internal sealed class QuorateHealthCheck(ICoordination coordination) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var status = await coordination.StatusAsync(cancellationToken);
            return status.Leader != 0
                ? HealthCheckResult.Healthy($"The leader is {status.Leader:x}.")
                : new HealthCheckResult(context.Registration.FailureStatus, "The cluster has no leader that this node knows.");
        }
        catch (CoordinationException e)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, e.Message, e);
        }
    }
}
