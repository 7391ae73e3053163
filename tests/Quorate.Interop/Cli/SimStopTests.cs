using Quorate.Interop.Processes;

namespace Quorate.Interop.Cli;

/// <summary>A long simulation tells how far it is, and ends when it is asked to, in the midst of a seed.</summary>
public sealed class SimStopTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Asked_to_stop_it_sums_up_what_it_ran()
    {
        await using var process = QuorateProcess.Start(folder.Path, "sim", "raft-liveness", "--seeds", "1..100000000", "--jobs", "1");
        await process.WaitForErrorAsync(" of 100000000 seeds");
        Assert.Equal(130, await process.StopAsync());
        Assert.Contains("0 violations", process.Output);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Asked_twice_it_ends_at_once_whatever_it_waits_for()
    {
        // What it writes of each seed goes nowhere, so that it cannot end by itself, however many seeds it has run by then.
        using var pipe = new FullPipe(folder["report"]);
        await using var process = QuorateProcess.Start(
            folder.Path, "sim", "raft-calm", "--seeds", "1..100000000", "--jobs", "1", "--json", folder["report"]);
        await process.WaitForErrorAsync(" of 100000000 seeds");
        process.SendInterrupt();
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        Assert.NotEqual(0, process.PeakBytes);
        // Not the exit code of the first: 128 and the number of the second signal.
        Assert.Equal(143, await process.StopAsync());
    }
}
