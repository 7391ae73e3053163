using Quorate.Checking.Findings;
using Quorate.Checking.Linearizability;
using Quorate.Checking.Models;

namespace Quorate.Tests.Checking.Linearizability;

public sealed class RecordedHistoriesTests
{
    [Fact]
    public void The_etcd_logs_have_the_verdicts_that_porcupine_gives_them()
    {
        var verdicts = File.ReadLines(SharedData.PathOf("porcupine-etcd/verdicts.tsv")).Skip(1).Select(l => l.Split('\t'));
        var wrong = new List<string>();
        foreach (var row in verdicts)
        {
            var verdict = Check($"porcupine-etcd/{row[0]}", "cas-register");
            if (verdict.Outcome != (row[1] == "true" ? CheckOutcome.Valid : CheckOutcome.Invalid))
                wrong.Add($"{row[0]}: {verdict.Outcome} {verdict.Reason}");
        }
        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("porcupine-kv/c01-ok.txt", "kv", CheckOutcome.Valid)]
    [InlineData("porcupine-kv/c01-bad.txt", "kv", CheckOutcome.Invalid)]
    [InlineData("porcupine-kv/c10-ok.txt", "kv", CheckOutcome.Valid)]
    [InlineData("porcupine-kv/c10-bad.txt", "kv", CheckOutcome.Invalid)]
    [InlineData("elle-cli/knossos_cas-register_good_memstress3-9.edn", "cas-register", CheckOutcome.Valid)]
    [InlineData("elle-cli/knossos_cas-register_bad_rethink-fail.edn", "cas-register", CheckOutcome.Invalid)]
    [InlineData("elle-cli/knossos_mutex_bad_etcd.edn", "mutex", CheckOutcome.Invalid)]
    public void The_other_histories_have_the_verdicts_of_their_names(string file, string model, CheckOutcome expected)
    {
        var verdict = Check(file, model);
        Assert.Equal(expected, verdict.Outcome);
        if (verdict.Violation is { } violation)
        {
            var witness = WitnessFinder.Find(violation, cancellationToken: TestContext.Current.CancellationToken);
            TestContext.Current.TestOutputHelper!.WriteLine(witness.ToString());
            Assert.True(witness.Confirmed);
        }
    }

    [Fact]
    public void Every_bad_etcd_log_has_a_small_witness_that_a_second_check_confirms()
    {
        var sizes = new List<int>();
        foreach (var row in File.ReadLines(SharedData.PathOf("porcupine-etcd/verdicts.tsv")).Skip(1).Select(l => l.Split('\t')))
        {
            if (Check($"porcupine-etcd/{row[0]}", "cas-register").Violation is not { } violation)
                continue;
            var witness = WitnessFinder.Find(violation, cancellationToken: TestContext.Current.CancellationToken);
            Assert.True(witness.Confirmed, row[0]);
            sizes.Add(witness.Operations.Count);
        }
        TestContext.Current.TestOutputHelper!.WriteLine($"operations of the witnesses: {string.Join(' ', sizes.Order())}");
        Assert.True(sizes.Max() <= 40, $"largest witness {sizes.Max()}");
    }

    private static Verdict Check(string file, string model) => LinearizabilityChecker.Check(
        SharedData.Read(file), HistoryModels.Named(model)!, cancellationToken: TestContext.Current.CancellationToken);
}
