using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quorate.Services.Coordination;
using Quorate.Services.Recipes;

namespace Quorate.Hosting.Recipes;

/// <summary>Runs a hosted service where this application leads, and stops it as soon as it does not.</summary>
/// <param name="provider">Where the service comes from.</param>
/// <param name="election">The elections.</param>
/// <param name="log">Told of leaderships.</param>
/// <param name="name">The election's name.</param>
/// <typeparam name="T">The service: a new one each time; its constructor may take the <see cref="ILeadership"/>.</typeparam>
internal sealed class LeaderOnly<T>(IServiceProvider provider, ILeaderElection election, ILogger<LeaderOnly<T>> log, string name)
    : BackgroundService
    where T : class, IHostedService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var leadership = await election.CampaignAsync(
                    name, System.Text.Encoding.UTF8.GetBytes(Environment.MachineName), stoppingToken);
                await LeadAsync(leadership, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (CoordinationException e)
            {
                log.LogWarning("The election '{Election}' cannot be held: {Reason}", name, e.Message);
                await Task.Delay(Pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task LeadAsync(ILeadership leadership, CancellationToken stoppingToken)
    {
        log.LogInformation("This node leads '{Election}' with token {Token}.", name, leadership.Token);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(leadership.Lost, stoppingToken);
        await using var scope = provider.CreateAsyncScope();
        var service = Make(scope.ServiceProvider, leadership);
        try
        {
            await RunAsync(service, ends.Token);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ends.IsCancellationRequested)
        {
            // Another node may fare better; and this one must not try again at once.
            log.LogError(e, "{Service} failed; this node gives '{Election}' up.", typeof(T).Name, name);
            await Task.Delay(Pause, ends.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            await StopAsync(service);
            log.LogInformation("This node leads '{Election}' no more.", name);
        }
    }

    private static async Task RunAsync(IHostedService service, CancellationToken ends)
    {
        await service.StartAsync(ends);
        // One that has done its work stays the leader, so that nobody does it again.
        if (service is BackgroundService { ExecuteTask: { } work })
            await work.WaitAsync(ends);
        await Task.Delay(Timeout.InfiniteTimeSpan, ends);
    }

    private async Task StopAsync(IHostedService service)
    {
        try
        {
            using var patience = new CancellationTokenSource(StopMax);
            await service.StopAsync(patience.Token);
        }
        catch (Exception e)
        {
            log.LogError(e, "{Service} did not stop as it should.", typeof(T).Name);
        }

        if (service is IAsyncDisposable asynchronous)
            await asynchronous.DisposeAsync();
        else
            (service as IDisposable)?.Dispose();
    }

    private static T Make(IServiceProvider services, ILeadership leadership)
    {
        var wantsLeadership = typeof(T).GetConstructors().Any(c => c.GetParameters().Any(p => p.ParameterType == typeof(ILeadership)));
        return wantsLeadership ? ActivatorUtilities.CreateInstance<T>(services, leadership) : ActivatorUtilities.CreateInstance<T>(services);
    }
}
