using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quorate.Services.Coordination;
using Quorate.Services.Recipes;

namespace Quorate.Hosting.Configuration;

/// <summary>Reads the configuration when the node runs, and again whenever it changes.</summary>
/// <param name="store">The store.</param>
/// <param name="log">Told of trouble.</param>
/// <param name="provider">Gets what was read.</param>
/// <param name="startMax">How long the host's start waits for the first reading.</param>
internal sealed class ConfigurationFeed(
    IKeyValueStore store, ILogger<ConfigurationFeed> log, ClusterConfigurationProvider provider, TimeSpan startMax) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly TaskCompletionSource firstRead = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await base.StartAsync(cancellationToken);
        try
        {
            await firstRead.Task.WaitAsync(startMax, cancellationToken);
        }
        catch (TimeoutException)
        {
            log.LogWarning(
                "The configuration below '{Prefix}' could not be read within {Time}; the start goes on without it.", provider.Prefix, startMax);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (WatchEndedException e)
            {
                log.LogInformation("The configuration is read anew: {Reason}", e.Message);
            }
            catch (CoordinationException e)
            {
                log.LogWarning("The configuration below '{Prefix}' is not followed: {Reason}", provider.Prefix, e.Message);
                await Task.Delay(Pause, stoppingToken);
            }
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        var view = await store.ListAsync(provider.Prefix, cancellationToken);
        Take(view);
        await foreach (var change in store.WatchAsync(provider.Prefix, view.Revision + 1, cancellationToken))
        {
            // What changed before the last reading is in it already.
            if (change.Revision > view.Revision)
                Take(view = await store.ListAsync(provider.Prefix, cancellationToken));
        }
    }

    private void Take(KeyRangeView view)
    {
        try
        {
            provider.Take(view.KeyValues);
        }
        catch (Exception e)
        {
            // Whoever is told of new values may find them wrong; that must not end the following.
            log.LogError(e, "Somebody failed over the configuration of revision {Revision}.", view.Revision);
        }

        firstRead.TrySetResult();
    }
}
