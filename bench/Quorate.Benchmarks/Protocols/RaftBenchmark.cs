using System.Diagnostics;
using System.Globalization;
using Quorate.Protocols.Raft;

namespace Quorate.Benchmarks.Protocols;

/// <summary>
/// <c>raft-core</c>: how many proposals a second the cores of three servers take on one core, from the proposal to the commit everywhere:
/// batches of 100 of 256 bytes, no disk, no network, no codec.
/// </summary>
internal static class RaftBenchmark
{
    private const int BatchSize = 100;
    private const int PayloadBytes = 256;
    private const int BatchesPerRound = 20_000;
    private const int BatchesPerSnapshot = 100;
    private const int Rounds = 5;

    public static int Run()
    {
        Measure();
        var rates = new List<double>();
        for (var round = 0; round < Rounds; round++)
            rates.Add(Measure());
        rates.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"raft-core: median {rates[Rounds / 2] / 1e6:F2} million proposals/s, three servers a core"));
        return 0;
    }

    private static double Measure()
    {
        var group = new RaftGroup(3);
        var payload = new byte[PayloadBytes];
        var batch = new Propose(1, [.. Enumerable.Repeat((ReadOnlyMemory<byte>)payload, BatchSize)]);
        var before = GC.GetTotalAllocatedBytes();
        // Processor time, not wall time: the figure is of one core, whatever else the machine does.
        using var self = Process.GetCurrentProcess();
        var start = self.TotalProcessorTime;
        for (var i = 1; i <= BatchesPerRound; i++)
        {
            group.Propose(batch);
            if (i % BatchesPerSnapshot == 0)
                group.Compact();
        }

        self.Refresh();
        var seconds = (self.TotalProcessorTime - start).TotalSeconds;
        var proposals = (double)BatchSize * BatchesPerRound;
        if (group.Core.CommitIndex != proposals + 1)
            throw new InvalidOperationException($"{group.Core.CommitIndex} entries are committed instead of {proposals + 1}.");
        var bytes = (GC.GetTotalAllocatedBytes() - before) / proposals;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"  {proposals / seconds / 1e6:F2} M proposals/s, {bytes:F0} bytes allocated a proposal"));
        return proposals / seconds;
    }
}
