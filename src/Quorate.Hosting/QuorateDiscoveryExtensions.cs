using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quorate.Hosting.Discovery;
using Quorate.Hosting.Dns;
using Quorate.Hosting.Stores;
using Quorate.Kernel.Machines;
using Quorate.Services.Discovery;
using Quorate.Services.Discovery.Registering;
using Quorate.Services.Dns.Serving;
using Quorate.Services.Recipes;

namespace Quorate.Hosting;

/// <summary>What an application makes of its store's registry: it registers what it offers, finds what others do, and tells it on.</summary>
public static class QuorateDiscoveryExtensions
{
    /// <summary>
    /// <see cref="IServiceResolver"/> and <see cref="ServiceRegistrar"/> can be injected. An <see cref="IServiceResolver"/> that was added
    /// before, such as one that asks DNS servers, stays.
    /// </summary>
    /// <param name="services">The application's services, to which <c>AddQuorate</c> or <c>AddQuorateClient</c> was added.</param>
    public static IServiceCollection AddQuorateDiscovery(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.Any(s => s.ServiceType == typeof(IServiceResolver)))
            return services;
        AddHosted(services);
        return services.AddSingleton<IServiceResolver>(provider => provider.GetRequiredService<HostedDiscovery>());
    }

    /// <summary>
    /// Registers the application as an instance of a service: once it has started and listens, until it stops. It is taken back before the
    /// servers stop to listen; where the process dies, it goes with its session.
    /// </summary>
    /// <param name="services">The application's services, to which <c>AddQuorate</c> or <c>AddQuorateClient</c> was added.</param>
    /// <param name="service">The service: 1 to 63 lower-case letters, digits and hyphens.</param>
    /// <param name="describe">Says where it is, and what must be well.</param>
    /// <exception cref="InvalidOperationException">It has no address.</exception>
    public static IServiceCollection AddQuorateService(
        this IServiceCollection services, string service, Action<RegistrationBuilder> describe)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(describe);
        var builder = new RegistrationBuilder(service, QuorateServiceCollectionExtensions.HealthCheckName);
        describe(builder);
        AddHosted(services);
        return services.AddSingleton(builder.Build());
    }

    /// <summary>
    /// Lets a client's requests name services: <c>http://orders/42</c> goes to one of the healthy instances of <c>orders</c>, as the
    /// registry has them at that moment.
    /// </summary>
    /// <remarks>
    /// Guarantee: a request goes to one instance; it is sent to another only where no connection was made. Cost: a look into memory a
    /// request. Fails when: no instance is healthy, or the registry was never read: <see cref="HttpRequestException"/>.
    /// </remarks>
    /// <param name="builder">The client, of <c>AddHttpClient</c>.</param>
    /// <param name="configure">Changes the settings; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its bounds.</exception>
    public static IHttpClientBuilder AddQuorateDiscovery(this IHttpClientBuilder builder, Action<DiscoveryHttpOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new DiscoveryHttpOptions();
        configure?.Invoke(options);
        var board = new EndpointBoard(options.Validated(), TimeProvider.System);
        builder.Services.AddQuorateDiscovery();
        return builder.AddHttpMessageHandler(provider => new DiscoveryHandler(provider.GetRequiredService<IServiceResolver>(), board, options));
    }

    /// <summary>Tells the registry over DNS, as <c>./quorate up --dns</c> does: whoever reaches the address can read it.</summary>
    /// <remarks>Guarantee, cost: as <see cref="DnsEndpoint"/>. Fails when: the address is taken; then the host does not start.</remarks>
    /// <param name="services">The application's services, to which <c>AddQuorate</c> or <c>AddQuorateClient</c> was added.</param>
    /// <param name="listen">Where: HOST:PORT.</param>
    /// <param name="configure">Changes the other settings; null for the defaults. The keys are where those of the recipes are.</param>
    /// <exception cref="FormatException"><paramref name="listen"/> is no address.</exception>
    public static IServiceCollection AddQuorateDns(
        this IServiceCollection services, string listen = "127.0.0.1:5300", Func<DnsEndpointOptions, DnsEndpointOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = new DnsEndpointOptions(new DnsServerOptions { Listen = NetworkAddress.Parse(listen) });
        return services.AddSingleton<IHostedService>(provider => new HostedDns(
            provider.GetRequiredService<HostedStore>(),
            configure?.Invoke(options) ?? options,
            provider.GetRequiredService<ILoggerFactory>()));
    }

    private static void AddHosted(IServiceCollection services)
    {
        if (services.Any(s => s.ServiceType == typeof(HostedDiscovery)))
            return;
        services.AddSingleton(provider => new HostedDiscovery(
            provider,
            provider.GetRequiredService<HostedStore>(),
            provider.GetRequiredService<IServiceRegistry>(),
            provider.GetServices<HostedRegistration>(),
            provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<HostedDiscovery>());
        services.AddSingleton(provider => provider.GetRequiredService<HostedDiscovery>().Registrar);
    }
}
