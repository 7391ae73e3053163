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

    private static void Compare(TransactionModel model, StoreLevel store, bool complete)
    {
        var seen = new int[2];
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            var history = new RandomTransactions(random, model, store) { Keys = 1 + seed % 3 }.Run(2 + random.Next(4), 3);
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
        Assert.True(seen[1] > 100 && (store == StoreLevel.Serial || seen[0] > 20), $"{seen[0]} invalid, {seen[1]} valid");
    }

    private static string Text(History history) => string.Concat(history.Operations.Select(o => $"{o}\n"));
}
