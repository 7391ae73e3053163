using System.Diagnostics;
using System.Globalization;
using Quorate.Checking.ModelChecking;
using Quorate.Cli.Models.Raft;

namespace Quorate.Benchmarks.Checking;

/// <summary>
/// <c>model-raft</c>: how many different states of Raft a second the model checker visits on one core: three servers, two terms, a command,
/// two crashes, symmetry; each round begins with nothing.
/// </summary>
internal static class ModelRaft
{
    private const int Rounds = 5;

    public static int Run()
    {
        var first = Measure();
        var rates = new List<double>();
        for (var round = 0; round < Rounds; round++)
            rates.Add(Measure());
        rates.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"model-raft: median {rates[Rounds / 2] / 1e3:F0} thousand states/s a core; the first round, with compiling, {first / 1e3:F0} thousand"));
        return 0;
    }

    private static double Measure()
    {
        // Processor time, not wall time: the figure is of one core, whatever else the machine does.
        using var self = Process.GetCurrentProcess();
        var start = self.TotalProcessorTime;
        var allocated = GC.GetTotalAllocatedBytes();
        var verdict = ModelChecker.Check(new RaftModel(new RaftModelBounds(Crashes: 2)));
        self.Refresh();
        var seconds = (self.TotalProcessorTime - start).TotalSeconds;
        if (verdict.Outcome != ModelOutcome.Holds)
            throw new InvalidOperationException(verdict.ToString());
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {verdict.States / seconds / 1e3:F0} thousand states/s, {verdict.Steps / seconds / 1e6:F2} million steps/s, {seconds:F2} s; "
            + $"the checker takes {(double)verdict.MemoryBytes / verdict.States:F0} bytes a state; {(GC.GetTotalAllocatedBytes() - allocated) >> 20} MiB allocated"));
        return verdict.States / seconds;
    }
}
