using Quorate.Kernel.Machines;

namespace Quorate.Services.Discovery.Registering;

/// <summary>Checks that something listens.</summary>
public static class ConnectionCheck
{
    /// <summary>A check that connects, and closes again.</summary>
    /// <param name="machine">The machine; its connections must be plain.</param>
    /// <param name="address">Where to.</param>
    public static HealthCheck To(IMachine machine, NetworkAddress address) => new(
        $"tcp {address}",
        async cancellationToken =>
        {
            await using var connection = await machine.Network.ConnectAsync(address, cancellationToken);
            return CheckResult.Healthy;
        });
}
