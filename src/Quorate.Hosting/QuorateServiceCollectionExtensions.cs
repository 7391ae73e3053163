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
        services.AddOptions<QuorateNodeBuilder>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<QuorateNodeBuilder>, QuorateNodeValidation>());
        services.AddSingleton<HostedNode>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<HostedNode>());
        services.AddSingleton<ICoordination>(provider => provider.GetRequiredService<HostedNode>().Coordination);
        AddRecipes(services);
        services.AddHealthChecks().AddCheck<QuorateHealthCheck>(HealthCheckName);
        return services;
    }

    private static void AddRecipes(IServiceCollection services)
    {
        services.AddSingleton(provider => provider.GetRequiredService<HostedNode>().Recipes.Client);
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
