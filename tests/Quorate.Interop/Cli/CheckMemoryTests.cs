using Quorate.Interop.Processes;

namespace Quorate.Interop.Cli;

/// <summary>A history that no search can decide, and what the process that tries takes in memory, as the system counts it.</summary>
public sealed class CheckMemoryTests : IDisposable
{
    private const int AtOnce = 30;
    private const int MebibytesMax = 96;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(5);
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // Everything at once, one value twice so that no near-linear check applies, and an answer that nothing explains.
    [Theory]
    [Trait("Speed", "Slow")]
    [InlineData("linearizable-queue", "enqueue", "dequeue")]
    [InlineData("linearizable-stack", "push", "pop")]
    public async Task A_hostile_history_ends_as_unknown_and_its_process_takes_no_more_than_the_bound(string model, string put, string take)
    {
        var events = new List<string>();
        foreach (var type in new[] { "invoke", "ok" })
            for (var i = 0; i < AtOnce; i++)
                events.Add($"{{:type :{type}, :process {i}, :f :{put}, :value {Math.Max(i, 1)}}}");
        events.Add($"{{:type :invoke, :process 0, :f :{take}, :value nil}}");
        events.Add($"{{:type :ok, :process 0, :f :{take}, :value {AtOnce}}}");
        await File.WriteAllLinesAsync(Path.Combine(folder.Path, "hostile.edn"), events);
        var (_, least) = await RunAsync(model, 1);
        var (output, most) = await RunAsync(model, MebibytesMax);
        Assert.StartsWith($"unknown: the bound of {MebibytesMax} MiB of memory was reached", output, StringComparison.Ordinal);
        Assert.True(most - least <= (long)MebibytesMax << 20, $"{(most - least) >> 20} MiB more");
        // It went as far as it might, so the bound is what stopped it.
        Assert.True(most - least > (long)MebibytesMax << 18, $"only {(most - least) >> 20} MiB more");
    }

    private async Task<(string Output, long PeakBytes)> RunAsync(string model, int mebibytes)
    {
        await using var process = QuorateProcess.Start(folder.Path, "check", "hostile.edn", "--model", model, "--memory", $"{mebibytes}");
        var ended = process.ExitCodeAsync();
        var peak = 0L;
        for (; !ended.IsCompleted; await Task.WhenAny(ended, Task.Delay(BetweenLooks)))
            peak = Math.Max(peak, process.PeakBytes);
        Assert.Equal(2, await ended);
        return (process.Output, peak);
    }
}
