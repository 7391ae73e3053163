using Quorate.Kernel.Machines;
using Quorate.Services.Recipes.Timing;

namespace Quorate.Services.Discovery.Registering;

/// <summary>One check, run again and again. On the strand.</summary>
/// <param name="machine">The machine, for its clock.</param>
/// <param name="check">The check.</param>
/// <param name="changed">Told when what it says has changed.</param>
internal sealed class CheckRun(IMachine machine, HealthCheck check, Action changed)
{
    private int failures;
    private int successes;
    private Task<CheckResult>? underWay;

    /// <summary>Whether it counts as well.</summary>
    public bool IsHealthy { get; private set; }

    /// <summary>What is wrong.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>Runs for the first time: its one result decides.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        var result = await OnceAsync(cancellationToken);
        (IsHealthy, Reason) = (result.IsHealthy, Words(result));
    }

    /// <summary>Goes on running.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task GoOnAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(check.Interval, machine.Clock, cancellationToken);
                Count(await OnceAsync(cancellationToken));
            }
        }
        catch (OperationCanceledException)
        {
            // The registration ends.
        }
    }

    private void Count(CheckResult result)
    {
        (failures, successes) = result.IsHealthy ? (0, successes + 1) : (failures + 1, 0);
        var isHealthy = IsHealthy ? failures < check.FailuresToLeave : successes >= check.SuccessesToReturn;
        if (isHealthy == IsHealthy)
            return;
        (IsHealthy, Reason) = (isHealthy, Words(result));
        changed();
    }

    /// <summary>Runs once. One that did not come back in time has failed, and until it does come back it is not run a second time beside.</summary>
    private async Task<CheckResult> OnceAsync(CancellationToken cancellationToken)
    {
        using var done = new CancellationTokenSource();
        var run = underWay ??= RunAsync(done.Token);
        try
        {
            if (!await Waiting.EndsAsync(run, check.Timeout, machine.Clock, cancellationToken))
                return new CheckResult(false, $"no result within {check.Timeout.TotalMilliseconds} ms");
        }
        finally
        {
            done.Cancel();
        }

        underWay = null;
        return await run;
    }

    private async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await check.Run(cancellationToken);
        }
        catch (Exception e)
        {
            // Whatever went wrong there, it is not well.
            return new CheckResult(false, e.Message);
        }
    }

    private string Words(CheckResult result) => result.IsHealthy ? "" : $"{check.Name}: {result.Reason}";
}
