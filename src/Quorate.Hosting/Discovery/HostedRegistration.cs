using Quorate.Kernel.Machines;
using Quorate.Services.Discovery;
using Quorate.Services.Discovery.Registering;

namespace Quorate.Hosting.Discovery;

/// <summary>An instance that is registered while the application runs.</summary>
/// <param name="Describe">The instance and its checks, asked for once the application has started.</param>
internal sealed record HostedRegistration(Func<IServiceProvider, IMachine, (ServiceEndpoint Endpoint, IReadOnlyList<HealthCheck> Checks)> Describe);
