using Quorate.Checking.Findings;
using Quorate.Checking.Histories;
using Quorate.Checking.Transactions;

namespace Quorate.Tests.Checking.Transactions;

/// <summary>Thousands of small histories against the definitions themselves.</summary>
public sealed class IsolationOracleTests
{
    private static readonly (IsolationLevel Level, bool Snapshot, TransactionOracle.Order Order)[] Levels =
    [
        (IsolationLevel.Serializable, false, TransactionOracle.Order.None),
        (IsolationLevel.StrongSessionSerializable, false, TransactionOracle.Order.Sessions),
        (IsolationLevel.StrictSerializable, false, TransactionOracle.Order.RealTime),
        (IsolationLevel.SnapshotIsolation, true, TransactionOracle.Order.None),
        (IsolationLevel.StrongSessionSnapshotIsolation, true, TransactionOracle.Order.Sessions),
        (IsolationLevel.StrongSnapshotIsolation, true, TransactionOracle.Order.RealTime),
    ];

    [Theory]
    [InlineData(StoreLevel.Serial)]
    [InlineData(StoreLevel.Snapshot)]
    [InlineData(StoreLevel.StaleSnapshot)]
    [InlineData(StoreLevel.ReadCommitted)]
    [InlineData(StoreLevel.Dirty)]
    public void The_levels_of_list_append_histories_are_those_of_the_definitions(object store) =>
        Compare(TransactionModel.ListAppend, (StoreLevel)store, complete: true);

    [Theory]
    [InlineData(StoreLevel.Serial)]
    [InlineData(StoreLevel.Snapshot)]
    [InlineData(StoreLevel.StaleSnapshot)]
    [InlineData(StoreLevel.ReadCommitted)]
    [InlineData(StoreLevel.Dirty)]
    public void The_levels_of_register_histories_are_those_of_the_definitions(object store) =>
        Compare(TransactionModel.RwRegister, (StoreLevel)store, complete: true);

    [Fact]
    public void Registers_whose_reads_were_changed_at_random_have_the_verdicts_of_the_definitions() =>
        Compare(TransactionModel.RwRegister, StoreLevel.Serial, complete: true, (history, random) => Scramble(history, random));

    [Fact]
    public void What_no_read_tells_of_a_list_is_held_against_nobody() =>
        Compare(TransactionModel.ListAppend, StoreLevel.ReadCommitted, complete: false, (history, _) => WithoutLast(history));

    private static void Compare(
        TransactionModel model, StoreLevel store, bool complete, Func<History, Random, History>? change = null)
    {
        var seen = new int[2];
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            var history = new RandomTransactions(random, model, store) { Keys = 1 + seed % 3 }.Run(2 + random.Next(4), 3);
            history = change?.Invoke(history, random) ?? history;
            var report = IsolationChecker.Check(history, model, cancellationToken: TestContext.Current.CancellationToken);
            var oracle = new TransactionOracle(history, model);
            foreach (var (level, snapshot, order) in Levels)
            {
                var expected = snapshot ? oracle.IsSnapshotIsolated(order) : oracle.IsSerializable(order);
                var verdict = report.At(level);
                seen[expected ? 1 : 0]++;
                Assert.NotEqual(CheckOutcome.Unknown, verdict.Outcome);
                if (verdict.Outcome == CheckOutcome.Invalid ? expected : complete && !expected)
                    Assert.Fail($"seed {seed}: {level} is {verdict}, expected {expected}\n{Text(history)}{string.Concat(report.Findings)}");
            }
        }
        Assert.True(seen[1] > 100 && (store == StoreLevel.Serial && change is null || seen[0] > 20), $"{seen[0]} invalid, {seen[1]} valid");
    }

    // Every third read sees some other write of its key, or nil.
    private static History Scramble(History history, Random random)
    {
        var writes = history.Operations.SelectMany(o => o.Input.Items).Where(s => s.Items[0].AsText() == "w").ToLookup(s => s.Items[1], s => s.Items[2]);
        HistoryValue Changed(HistoryValue step) => step.Items[0].AsText() == "w" || random.Next(3) > 0
            ? step
            : HistoryValue.List(step.Items[0], step.Items[1], writes[step.Items[1]].Append(HistoryValue.Nil).OrderBy(_ => random.Next()).First());
        return History.OfPart(
            history.Operations.Select(o => o with { Output = HistoryValue.List(o.Output.Items.Select(Changed).ToArray()) }).ToArray(), history.EventCount);
    }

    private static History WithoutLast(History history) => History.OfPart(history.Operations.SkipLast(1).ToArray(), history.EventCount);

    private static string Text(History history) => string.Concat(history.Operations.Select(o => $"{o}\n"));
}
