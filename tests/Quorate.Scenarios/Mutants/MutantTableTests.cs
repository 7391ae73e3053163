using System.Text.RegularExpressions;
using Quorate.Mutants.Edits;
using Quorate.Mutants.Running;
using Quorate.Mutants.Tables;
using Quorate.Scenarios.Project;

namespace Quorate.Scenarios.Mutants;

public sealed class MutantTableTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(ProjectFolder.Root, "docs", "mutants.md"));

    [Fact]
    public void The_document_holds_every_mutant_and_no_other()
    {
        var begin = Document.IndexOf(MutantTable.Begin, StringComparison.Ordinal);
        var table = Document[begin..Document.IndexOf(MutantTable.End, StringComparison.Ordinal)];
        var named = Regex.Matches(table, "^\\| `([a-z0-9-]+)` \\| (.*?) \\| `([a-z-]+)` \\|", RegexOptions.Multiline)
            .Select(m => (m.Groups[1].Value, m.Groups[2].Value, m.Groups[3].Value));
        Assert.Equal(SharedMutants.All.Select(m => (m.Name, m.Title, m.Scenario)).Order(), named.Order());
        // The worst of the rounds may have caught nothing; the median one has.
        Assert.DoesNotContain("| – (", table);
    }

    [Fact]
    public void A_mutant_that_half_of_the_rounds_do_not_catch_survives()
    {
        var (caught, missed) = (new ProbeAnswer(7, 1.5, "it is broken\nhere", 0), new ProbeAnswer(1000, 60, null, 0));
        var survivor = MutantFigures.Of(Any, [caught, missed]);
        Assert.True(survivor is { Survives: true, Killed: 1, Rounds: 2, SeedsWorst: null });
        Assert.Contains("SURVIVES", MutantTable.Plain([survivor]));
        var killed = MutantFigures.Of(Any, [caught, missed, caught]);
        Assert.True(killed is { Survives: false, Seeds: 7, Seconds: 1.5, SeedsWorst: null, Violation: "it is broken" });
    }

    [Fact]
    public void The_table_takes_the_place_of_the_one_before()
    {
        var figures = new[] { MutantFigures.Of(Any, [new ProbeAnswer(7, 1.5, "broken", 0)]) };
        var once = MutantTable.Into($"before\n{MutantTable.Begin}\n{MutantTable.End}\nafter", figures);
        Assert.Contains("| `any` | wrong | `raft-kv` | 7 (7) | 1.5 |", once);
        Assert.Equal(once, MutantTable.Into(once, figures));
        Assert.Throws<FormatException>(() => MutantTable.Into("no place", figures));
    }

    [Fact]
    public void What_was_shrunk_has_a_column_of_its_own()
    {
        var shrunk = MutantFigures.Of(Any, [new ProbeAnswer(7, 1.5, "broken", 0, new ShrunkRun(12, 3.4, true)), new ProbeAnswer(9, 2, "broken", 0)]);
        var document = MutantTable.Into($"{MutantTable.Begin}\n{MutantTable.End}", [shrunk]);
        Assert.Contains("| `any` | wrong | `raft-kv` | 9 (9) | 2.0 | 12 (3.4) |\n", document);
        Assert.Contains("Shrunk to 12 events in 3.4 s in the median", document);
        var unverified = MutantFigures.Of(Any, [new ProbeAnswer(7, 1.5, "broken", 0, new ShrunkRun(300, 60, false))]);
        Assert.Contains("300 (60.0) not verified", MutantTable.Plain([unverified]));
        Assert.DoesNotContain("events", MutantTable.Into(document, [MutantFigures.Of(Any, [new ProbeAnswer(7, 1.5, "broken", 0)])]));
    }

    private static Mutant Any => Mutant.Parse(
        "Raft/any.mutant", "title: wrong\nscenario: raft-kv\nseeds: 1..5\nfile: src/A/b.cs\n<<<<<<<\nx\n=======\ny\n>>>>>>>\n");
}
