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
    public async Task Asked_once_it_ends_its_seeds_and_asked_twice_it_ends_at_once()
    {
        // What it writes of each seed goes nowhere, so that it cannot end by itself.
        using var pipe = new FullPipe(folder["report"]);
        await using var process = QuorateProcess.Start(
            folder.Path, "sim", "raft-calm", "--seeds", "1..100000000", "--jobs", "1", "--json", folder["report"]);
        await process.WaitForErrorAsync(" of 100000000 seeds");
        process.SendInterrupt();
        Assert.Contains("0 violations", await process.WaitForLineAsync("raft-calm: "));
        // Not the exit code of the first: 128 and the number of the second signal.
        Assert.Equal(143, await process.StopAsync());
    }
}
