using Quorate.Checking.Findings;
using Quorate.Checking.Histories;
using Quorate.Checking.Transactions;

namespace Quorate.Tests.Checking.Transactions;

/// <summary>Hostile histories: the verdict is right, or unknown within the bounds.</summary>
public sealed class IsolationLimitTests
{
    [Fact]
    public void Blind_writers_whose_order_nobody_tells_are_unknown_past_the_bound_on_memory()
    {
        // Two keys whose writers all run at once, so that no order is known, and readers that see the two in crossed ways.
        var history = Crossed(60);
        var limits = new CheckLimits { MemoryBytesMax = 20_000 };
        var report = IsolationChecker.Check(history, TransactionModel.RwRegister, limits, TestContext.Current.CancellationToken);
        Assert.Equal(CheckOutcome.Unknown, report.At(IsolationLevel.Serializable).Outcome);
        Assert.Contains("memory", report.At(IsolationLevel.Serializable).Because);
    }

    [Fact]
    public void The_same_writers_have_a_witness_within_the_bounds()
    {
        var report = IsolationChecker.Check(
            Crossed(20), TransactionModel.RwRegister, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(CheckOutcome.Invalid, report.At(IsolationLevel.Serializable).Outcome);
        var witness = Assert.Single(report.Findings, f => f.Name == RegisterSearch.NoSerialOrder);
        Assert.True(witness.Operations.Count <= 6, witness.ToString());
    }

    [Fact]
    public void A_search_is_given_up_after_its_steps()
    {
        var limits = new CheckLimits { StepsMax = 1_000 };
        var report = IsolationChecker.Check(Crossed(120), TransactionModel.RwRegister, limits, TestContext.Current.CancellationToken);
        Assert.Equal(CheckOutcome.Unknown, report.At(IsolationLevel.Serializable).Outcome);
        Assert.Contains("steps", report.At(IsolationLevel.Serializable).Because);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void A_hundred_thousand_readers_and_writers_of_one_key_take_linear_time()
    {
        const int Count = 100_000;
        var text = new List<HistoryEvent>();
        for (var type = HistoryEventType.Invoke; type <= HistoryEventType.Ok; type++)
            for (var i = 0; i < Count; i++)
                text.Add(new HistoryEvent(type, i, "txn", null, HistoryValue.List(
                    HistoryValue.List(HistoryValue.Keyword("r"), HistoryValue.Of(0), HistoryValue.List()),
                    HistoryValue.List(HistoryValue.Keyword("append"), HistoryValue.Of(i + 1), HistoryValue.Of(i)),
                    HistoryValue.List(HistoryValue.Keyword("append"), HistoryValue.Of(i % 2 == 0 ? 0 : -1), HistoryValue.Of(i)))));
        var limits = new CheckLimits { StepsMax = 50_000_000 };
        var report = IsolationChecker.Check(
            History.FromEvents(text), TransactionModel.ListAppend, limits, TestContext.Current.CancellationToken);
        // Half of them read nothing of a key and appended to it: all but one of these updates are lost.
        Assert.Equal("lost-update", report.At(IsolationLevel.SnapshotIsolation).Because);
        Assert.Equal(CheckOutcome.Valid, report.At(IsolationLevel.ReadCommitted).Outcome);
    }

    [Fact]
    public void A_cancelled_check_ends()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(
            () => IsolationChecker.Check(Crossed(50), TransactionModel.RwRegister, null, cancelled.Token));
    }

    [Theory]
    [InlineData(TransactionModel.ListAppend, "0 wx1")]
    [InlineData(TransactionModel.ListAppend, "0 gx1")]
    [InlineData(TransactionModel.RwRegister, "0 ax1")]
    public void A_step_of_another_model_is_refused(TransactionModel model, string history) => Assert.Throws<HistoryFormatException>(
        () => IsolationChecker.Check(ShortHistory.Of(history), model, null, TestContext.Current.CancellationToken));

    // Writers of x and of y, all at once; one reader sees the last x and no y, another the last y and no x, others a mixture.
    private static History Crossed(int writers)
    {
        var parts = new List<string>();
        for (var i = 1; i <= writers; i++)
        {
            parts.Add($"{i * 2} wx{i} wu{i}");
            parts.Add($"{i * 2 + 1} wy{i} wv{i}");
        }
        parts.Add("1000 gx1 gu2");
        parts.Add("1001 gx2 gu1");
        return ShortHistory.Of(string.Join(';', parts));
    }
}
