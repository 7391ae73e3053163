using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Quorate.Services.Coordination;
using Quorate.Services.Recipes.Clients;

namespace Quorate.Hosting;

/// <summary>Adds a node of a cluster to an application.</summary>
public static class QuorateServiceCollectionExtensions
{
    /// <summary>The name of the health check.</summary>
    public const string HealthCheckName = "quorate";

    /// <summary>
    /// Makes the application a node of a cluster: the node starts and stops with the host, <see cref="ICoordination"/> and the
    /// recipes over it (locks, elections, semaphores, barriers, queues, registry, store) can be injected, and the health check
    /// <c>quorate</c> tells whether the cluster has a leader.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Describes the node; what is wrong with it is told when the host starts.</param>
    /// <exception cref="InvalidOperationException">The application has a node already.</exception>
    public static IServiceCollection AddQuorate(this IServiceCollection services, Action<QuorateNodeBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        if (services.Any(s => s.ServiceType == typeof(HostedNode)))
            throw new InvalidOperationException("AddQuorate was called twice: an application hosts one node.");
        RequireNone(services);
        services.AddOptions<QuorateNodeBuilder>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<QuorateNodeBuilder>, QuorateNodeValidation>());
        services.AddSingleton<HostedNode>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<HostedNode>());
        services.AddSingleton<ICoordination>(provider => provider.GetRequiredService<HostedNode>().Coordination);
        services.AddSingleton(provider => provider.GetRequiredService<HostedNode>().Store);
        AddRecipes(services, provider => provider.GetRequiredService<HostedNode>().Recipes.Client);
        services.AddHealthChecks().AddCheck<QuorateHealthCheck>(HealthCheckName);
        return services;
    }

    /// <summary>
    /// Makes the application a client of a cluster of other processes, Quorate's or etcd's: the recipes (locks, elections, semaphores, barriers,
    /// queues, registry, store) can be injected, and what is built on them works, as with <see cref="AddQuorate(IServiceCollection,
    /// Action{QuorateNodeBuilder})"/>. The health check <c>quorate</c> tells whether the cluster answers a linearizable read.
    /// </summary>
    /// <remarks>
    /// Guarantee: as <see cref="Client.Providers.EtcdProvider"/>. Cost: a round over the network for each call. Fails when: no member answers.
    /// </remarks>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Describes the cluster; what is wrong is told when the host starts.</param>
    /// <exception cref="InvalidOperationException">The application has a client or a node already.</exception>
    public static IServiceCollection AddQuorateClient(this IServiceCollection services, Action<QuorateClientBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        RequireNone(services);
        services.AddOptions<QuorateClientBuilder>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<QuorateClientBuilder>, QuorateClientValidation>());
        services.AddSingleton<HostedClient>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<HostedClient>());
        services.AddSingleton(provider => provider.GetRequiredService<HostedClient>().Store);
        AddRecipes(services, provider => provider.GetRequiredService<HostedClient>().Recipes.Client);
        services.AddHealthChecks().AddCheck<QuorateClientHealthCheck>(HealthCheckName);
        return services;
    }

    /// <summary>
    /// Adds the store that the configuration names: with <c>Quorate:Provider</c> = <c>embedded</c> the application becomes a node
    /// (<c>Name</c>, <c>Cluster</c>, <c>Listen</c>, <c>Advertise</c>, <c>Join</c>, <c>Data</c>), with <c>remote</c> a client of a cluster
    /// (<c>Name</c>, <c>Endpoints</c>, <c>User</c>, <c>Password</c>). Both know <c>Tls</c> (<c>AuthorityFile</c>, <c>CertificateFile</c>,
    /// <c>KeyFile</c>), <c>AllowInsecure</c> and <c>SessionTtl</c>. The rest of the application is the same.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="section">The section of the configuration.</param>
    /// <exception cref="InvalidOperationException">
    /// The section names no provider, or has a setting that there is not; or the application has a node or a client already.
    /// </exception>
    public static IHostApplicationBuilder AddQuorate(this IHostApplicationBuilder builder, string section = "Quorate")
    {
        ArgumentNullException.ThrowIfNull(builder);
        var settings = QuorateSettings.Read(builder.Configuration.GetSection(section));
        if (settings.IsRemote)
            builder.Services.AddQuorateClient(settings.Describe);
        else
            builder.Services.AddQuorate(settings.Describe);
        return builder;
    }

    private static void RequireNone(IServiceCollection services)
    {
        if (services.Any(s => s.ServiceType == typeof(HostedClient) || s.ServiceType == typeof(HostedNode)))
            throw new InvalidOperationException("The application has a store already: it is a node of one cluster or a client of one.");
    }

    private static void AddRecipes(IServiceCollection services, Func<IServiceProvider, CoordinationClient> client)
    {
        services.AddSingleton(client);
        Add(client => client.Store);
        Add(client => client.Locks);
        Add(client => client.ReadWriteLocks);
        Add(client => client.Semaphore);
        Add(client => client.Election);
        Add(client => client.Barrier);
        Add(client => client.Queue);
        Add(client => client.Registry);

        void Add<T>(Func<CoordinationClient, T> recipe)
            where T : class =>
            services.AddSingleton(provider => recipe(provider.GetRequiredService<CoordinationClient>()));
    }
}
