using Quorate.Checking.Findings;

namespace Quorate.Checking.Transactions;

/// <summary>What was found to break which level; only what the confirmation confirms is entered.</summary>
internal sealed class AnomalyLedger(Func<Finding, bool> confirm)
{
    private readonly SortedDictionary<Violation, string> found = [];
    private readonly SortedDictionary<Violation, string> unsure = [];
    private readonly List<Finding> findings = [];

    /// <summary>What was found: what needs no cycle first, then short cycles before long ones.</summary>
    public IReadOnlyList<Finding> Findings => findings.OrderBy(f => f.Cycle.Count).ToArray();

    public bool Has(Violation violation) => found.ContainsKey(violation);

    public void Add(IEnumerable<Violation> violations, Finding finding)
    {
        if (!confirm(finding))
        {
            Unsure(violations, $"a witness of {finding.Name} was not confirmed");
            return;
        }
        var place = findings.FindIndex(f => f.Name == finding.Name);
        if (place < 0)
            findings.Add(finding);
        else if (finding.Cycle.Count < findings[place].Cycle.Count)
            findings[place] = finding;
        foreach (var violation in violations)
            found.TryAdd(violation, finding.Name);
    }

    public void Unsure(IEnumerable<Violation> violations, string reason)
    {
        foreach (var violation in violations)
            unsure.TryAdd(violation, reason);
    }

    public LevelVerdict VerdictAt(IsolationLevel level) => LevelRules.Verdict(level, found, v => unsure.GetValueOrDefault(v));
}
