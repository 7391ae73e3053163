using Quorate.Checking.Findings;

namespace Quorate.Checking.Transactions;

/// <summary>The names of cycles: Adya (1999), and Elle (2020, section 4.1.4) for those with session and real-time edges.</summary>
internal static class CycleNames
{
    public const string G0 = "G0";
    public const string G1c = "G1c";
    public const string GSingle = "G-single";
    public const string GNonadjacent = "G-nonadjacent";
    public const string G2Item = "G2-item";

    public const string Process = "-process";
    public const string RealTime = "-realtime";

    public static string Of(IReadOnlyList<DependencyKind> cycle) => Core(cycle) + Suffix(cycle);

    private static string Core(IReadOnlyList<DependencyKind> cycle)
    {
        var antidependencies = cycle.Count(k => k == DependencyKind.ReadWrite);
        if (antidependencies == 0)
            return cycle.Contains(DependencyKind.WriteRead) ? G1c : G0;
        if (antidependencies == 1)
            return GSingle;
        for (var i = 0; i < cycle.Count; i++)
            if (cycle[i] == DependencyKind.ReadWrite && cycle[(i + 1) % cycle.Count] == DependencyKind.ReadWrite)
                return G2Item;
        return GNonadjacent;
    }

    private static string Suffix(IReadOnlyList<DependencyKind> cycle) =>
        cycle.Contains(DependencyKind.RealTime) ? RealTime : cycle.Contains(DependencyKind.Process) ? Process : "";
}
