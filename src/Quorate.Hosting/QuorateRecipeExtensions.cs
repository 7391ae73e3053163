using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quorate.Hosting.Configuration;
using Quorate.Hosting.KeyRings;
using Quorate.Hosting.Recipes;
using Quorate.Services.Recipes;

namespace Quorate.Hosting;

/// <summary>What an application makes of the recipes of its node.</summary>
public static class QuorateRecipeExtensions
{
    /// <summary>What the keys of live configuration begin with, unless told otherwise.</summary>
    public const string ConfigurationPrefix = "config/";

    /// <summary>What the keys of data protection begin with, unless told otherwise.</summary>
    public const string KeyRingPrefix = "/quorate/key-ring/";

    private static readonly TimeSpan FirstReadingMax = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Runs a hosted service on one replica at a time, the leader of an election: it is started where this replica leads, and stopped as
    /// soon as <see cref="IHeld.Lost"/> fires. Each leadership gets a new one, whose constructor may take the <see cref="ILeadership"/> for its
    /// fencing token.
    /// </summary>
    /// <remarks>
    /// Guarantee: as <see cref="ILeaderElection"/>: a service that stops when its token fires runs on one replica only.
    /// Cost: one key a replica. Fails when: the service fails: then another replica leads, a second later at the earliest.
    /// </remarks>
    /// <param name="services">The application's services, to which <c>AddQuorate</c> was added.</param>
    /// <param name="election">The election's name; null for the name of the service's type.</param>
    /// <typeparam name="T">The service.</typeparam>
    public static IServiceCollection AddLeaderOnly<T>(this IServiceCollection services, string? election = null)
        where T : class, IHostedService
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.AddSingleton<IHostedService>(provider => new LeaderOnly<T>(
            provider, provider.GetRequiredService<ILeaderElection>(), provider.GetRequiredService<ILogger<LeaderOnly<T>>>(),
            election ?? typeof(T).FullName ?? typeof(T).Name));
    }

    /// <summary>
    /// Adds configuration from the cluster: the key <c>config/Orders/Limit</c> is the setting <c>Orders:Limit</c>. It is there when the host has
    /// started, and changes while it runs, with it everything bound to it, such as <c>IOptionsMonitor</c>.
    /// </summary>
    /// <remarks>
    /// Guarantee: every replica comes to have the newest values; a change is one reload. Cost: one watch, and one reading a change.
    /// Fails when: the cluster cannot be read within 10 s of the start: the host then starts without the values, which come when they can.
    /// </remarks>
    /// <param name="builder">The application, to which <c>AddQuorate</c> was added before.</param>
    /// <param name="prefix">What the keys begin with.</param>
    public static IHostApplicationBuilder AddQuorateConfiguration(
        this IHostApplicationBuilder builder, string prefix = ConfigurationPrefix)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        var source = new ClusterConfigurationSource(prefix);
        ((IConfigurationBuilder)builder.Configuration).Add(source);
        builder.Services.AddSingleton<IHostedService>(provider => new ConfigurationFeed(
            provider.GetRequiredService<IKeyValueStore>(), provider.GetRequiredService<ILogger<ConfigurationFeed>>(), source.Provider,
            FirstReadingMax));
        return builder;
    }

    /// <summary>Keeps the keys of data protection in the cluster: cookies and tokens that one replica made can be read by all.</summary>
    /// <remarks>
    /// Guarantee: a key that was made is on the disks of a majority. Cost: a reading now and then. Fails when: no majority is there.
    /// The keys are stored as data protection gives them: encrypt them there, where the cluster's data folders are not safe.
    /// </remarks>
    /// <param name="builder">The data protection.</param>
    /// <param name="prefix">What the keys begin with.</param>
    public static IDataProtectionBuilder PersistKeysToQuorate(this IDataProtectionBuilder builder, string prefix = KeyRingPrefix)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        builder.Services.AddOptions<KeyManagementOptions>().Configure<IKeyValueStore>(
            (options, store) => options.XmlRepository = new ClusterXmlRepository(store, prefix));
        return builder;
    }
}
