using Quorate.Kernel.Machines;
using Quorate.Services.Discovery.Instances;
using Quorate.Services.Recipes;

namespace Quorate.Services.Discovery.Registering;

/// <summary>Registers instances with their health.</summary>
/// <remarks>
/// Guarantee: an instance is told to clients from when registering returned, while its checks pass and its session lives; one whose process died
/// goes with its session. A change of health is written as soon as it is seen. Disposing the registration takes it out.
/// Cost: one key on the client's session, a read each 2 s, and a write a change of health.
/// Fails when: the store cannot be reached: changes then wait, the newest one wins.
/// </remarks>
/// <param name="machine">The machine: its clock, and a strand for each registration.</param>
/// <param name="registry">The registry.</param>
public sealed class ServiceRegistrar(IMachine machine, IServiceRegistry registry)
{
    /// <summary>The most checks of an instance.</summary>
    public const int ChecksMax = 16;

    /// <summary>Runs the checks once, registers the instance with what they found, and goes on checking.</summary>
    /// <param name="endpoint">The instance; whether it is healthy follows from the checks, where there are any.</param>
    /// <param name="checks">The checks: all must pass. At most 16.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">The instance or a check is out of its bounds; the message says what.</exception>
    public async ValueTask<IServiceRegistration> RegisterAsync(
        ServiceEndpoint endpoint, IReadOnlyList<HealthCheck>? checks = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        checks ??= [];
        if (InstanceRules.Violation(endpoint) is { } violation)
            throw new ArgumentException($"The instance cannot be registered: {violation}.", nameof(endpoint));
        if (InstanceText.Write(endpoint).Length > InstanceText.BytesMax - InstanceText.ReasonBytesMax)
            throw new ArgumentException(
                $"The instance cannot be registered: as text it has more than {InstanceText.BytesMax - InstanceText.ReasonBytesMax} bytes.",
                nameof(endpoint));
        if (checks.Count > ChecksMax)
            throw new ArgumentException($"An instance has {ChecksMax} checks at most, not {checks.Count}.", nameof(checks));
        foreach (var check in checks)
            check.Validate();
        var registration = new ServiceRegistration(machine, machine.CreateStrand("registration"), registry, endpoint, checks);
        await registration.StartAsync(cancellationToken);
        return registration;
    }
}
