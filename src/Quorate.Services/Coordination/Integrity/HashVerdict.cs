using Quorate.Kernel.Identity;

namespace Quorate.Services.Coordination.Integrity;

/// <summary>What hashes of the same revision say about the replicas.</summary>
/// <param name="Agreeing">Those that have the state of a majority of the voters.</param>
/// <param name="Differing">Those that have another one.</param>
/// <param name="IsSplit">Whether no majority of the voters has the same state, whatever those say that gave no hash.</param>
internal sealed record HashVerdict(IReadOnlyList<NodeId> Agreeing, IReadOnlyList<NodeId> Differing, bool IsSplit)
{
    /// <summary>Compares. Replicas that gave no hash count as voters and are judged in no way.</summary>
    /// <param name="reports">A report of each member.</param>
    public static HashVerdict Of(IReadOnlyList<HashReport> reports)
    {
        var needed = (reports.Count(report => report.IsVoter) / 2) + 1;
        var hashes = reports.Where(report => report.Hash is not null).ToLookup(report => report.Hash);
        foreach (var same in hashes)
        {
            if (same.Count(report => report.IsVoter) >= needed)
                return new HashVerdict(
                    [.. same.Select(report => report.Node)],
                    [.. reports.Where(report => report.Hash is { } hash && hash != same.Key).Select(report => report.Node)],
                    IsSplit: false);
        }

        var silent = reports.Count(report => report is { IsVoter: true, Hash: null });
        var most = hashes.Select(same => same.Count(report => report.IsVoter)).DefaultIfEmpty().Max();
        return new HashVerdict([], [], IsSplit: most + silent < needed);
    }
}
