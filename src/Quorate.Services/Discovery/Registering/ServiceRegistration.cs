using Quorate.Kernel.Machines;
using Quorate.Kernel.Strands;
using Quorate.Services.Coordination;
using Quorate.Services.Discovery.Instances;
using Quorate.Services.Recipes;
using Quorate.Services.Recipes.Timing;

namespace Quorate.Services.Discovery.Registering;

/// <summary>A registration: its checks, and a writer that brings what they say into the registry.</summary>
internal sealed class ServiceRegistration : IServiceRegistration
{
    private const int ReasonCharactersMax = 64;
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ConfirmInterval = TimeSpan.FromSeconds(2);
    private readonly IMachine machine;
    private readonly Strand strand;
    private readonly IServiceRegistry registry;
    private readonly ServiceEndpoint given;
    private readonly CheckRun[] checks;
    private readonly CancellationTokenSource stopping = new();
    private volatile ServiceEndpoint current;
    private IRegistration? registered;
    private Task writing = Task.CompletedTask;
    private TaskCompletionSource changed = new();
    private TaskCompletionSource wrote = new();
    private long asked;
    private long done;
    private bool isOut;

    /// <summary>Prepares a registration.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="strand">The registration's strand.</param>
    /// <param name="registry">The registry.</param>
    /// <param name="endpoint">The instance.</param>
    /// <param name="checks">Its checks.</param>
    public ServiceRegistration(
        IMachine machine, Strand strand, IServiceRegistry registry, ServiceEndpoint endpoint, IReadOnlyList<HealthCheck> checks)
    {
        this.machine = machine;
        this.strand = strand;
        this.registry = registry;
        given = current = endpoint;
        this.checks = [.. checks.Select(check => new CheckRun(machine, check, Refresh))];
    }

    /// <inheritdoc/>
    public ServiceEndpoint Endpoint => current;

    /// <summary>Checks once and registers.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task StartAsync(CancellationToken cancellationToken) => strand.InvokeAsync(async () =>
    {
        await Task.WhenAll(checks.Select(c => c.BeginAsync(cancellationToken)));
        current = Now();
        registered = await registry.RegisterAsync(given.Service, given.Instance, InstanceText.Write(current), cancellationToken);
        writing = WriteAsync();
        _ = ConfirmAsync();
        foreach (var check in checks)
            _ = check.GoOnAsync(stopping.Token);
    });

    /// <inheritdoc/>
    public async ValueTask SetOutAsync(bool isOut, CancellationToken cancellationToken = default) => await strand.InvokeAsync(async () =>
    {
        ObjectDisposedException.ThrowIf(stopping.IsCancellationRequested, this);
        this.isOut = isOut;
        Refresh();
        for (var version = asked; done < version;)
            await Waiting.SharedAsync(wrote.Task, cancellationToken);
    });

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await strand.InvokeAsync(async () =>
    {
        if (stopping.IsCancellationRequested)
            return;
        stopping.Cancel();
        changed.TrySetResult();
        await writing;
        wrote.TrySetException(new ObjectDisposedException(nameof(IServiceRegistration)));
        if (registered is not null)
            await registered.DisposeAsync();
    });

    /// <summary>Sees to it that what holds now is written.</summary>
    private void Refresh()
    {
        var now = Now();
        if (now == current)
            return;
        if (now.IsHealthy != current.IsHealthy)
            machine.Telemetry.Record(
                Severity.Information, "discovery",
                $"{now.Service}/{now.Instance} is {(now.IsHealthy ? "healthy" : $"out: {now.Reason}")}");
        current = now;
        asked++;
        changed.TrySetResult();
    }

    private ServiceEndpoint Now()
    {
        if (isOut)
            return given with { IsHealthy = false, Reason = "taken out" };
        return checks.FirstOrDefault(c => !c.IsHealthy) is { } failing
            ? given with { IsHealthy = false, Reason = Short(failing.Reason) }
            : given;
    }

    private async Task WriteAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            if (asked == done)
            {
                changed = new TaskCompletionSource();
                await changed.Task;
                continue;
            }

            await TryWriteAsync();
        }
    }

    private async Task TryWriteAsync()
    {
        var version = asked;
        try
        {
            await registered!.UpdateAsync(InstanceText.Write(current), stopping.Token);
            done = version;
            wrote.TrySetResult();
            wrote = new TaskCompletionSource();
        }
        catch (OperationCanceledException)
        {
            // The registration ends.
        }
        catch (CoordinationException e)
        {
            machine.Telemetry.Record(Severity.Warning, "discovery", $"the health of {given.Service}/{given.Instance} is not written: {e.Message}");
            await Task.Delay(AfterFailure, machine.Clock);
        }
    }

    private async Task ConfirmAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(ConfirmInterval, machine.Clock, stopping.Token);
                await registered!.ConfirmAsync(stopping.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or CoordinationException)
            {
                // Next time, or never where the registration ends.
            }
        }
    }

    private static string Short(string reason) => reason.Length <= ReasonCharactersMax ? reason : reason[..ReasonCharactersMax];
}
