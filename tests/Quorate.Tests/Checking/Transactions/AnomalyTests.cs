using Quorate.Checking.Findings;
using Quorate.Checking.Histories.Formats;
using Quorate.Checking.Transactions;
using Quorate.Tests.Tidy;

namespace Quorate.Tests.Checking.Transactions;

/// <summary>Each anomaly by its smallest history, with the levels that it breaks and those that it does not.</summary>
public sealed class AnomalyTests
{
    [Theory]
    [InlineData("G0", "0 ax1 ay1 ; 1 ax2 ay2 ; 2 rx12 ry21", "read-uncommitted", "")]
    [InlineData("G1a", "0! ax1 ; 1 rx1", "read-committed", "read-uncommitted")]
    [InlineData("G1b", "0 ax1 ax2 ; 1 rx1", "read-committed", "read-uncommitted")]
    [InlineData("G1c", "0 ax1 ry1 ; 1 ay1 rx1", "read-committed", "read-uncommitted")]
    [InlineData("G-single", "0 rx ry1 ; 1 ax1 ay1", "snapshot-isolation", "read-committed")]
    [InlineData("fractured-read", "0 rx ry1 ; 1 ax1 ay1", "read-atomic", "read-committed")]
    [InlineData("G-nonadjacent", "0 ax1 ; 1 ay1 ; 2 rx1 ry ; 3 rx ry1", "snapshot-isolation", "parallel-snapshot-isolation")]
    [InlineData("G2-item", "0 rx ay1 ; 1 ry ax1 ; 2 rx1 ry1", "serializable", "snapshot-isolation")]
    [InlineData("lost-update", "0 rx ax1 ; 1 rx ax2", "snapshot-isolation", "causal")]
    [InlineData("internal", "0 ax1 rx2 ; 1 ax2", "read-atomic", "read-committed")]
    [InlineData("internal", "0 rx1 rx ; 1 ax1", "read-atomic", "read-committed")]
    [InlineData("internal", "0 rx1 ax1", "read-atomic", "read-committed")]
    [InlineData("dirty-update", "0! ax1 ; 1 ax2 ; 2 rx12", "read-committed", "read-uncommitted")]
    [InlineData("duplicate-elements", "0 ax1 ; 1 rx11", "read-uncommitted", "")]
    [InlineData("incompatible-order", "0 ax1 ; 1 ax2 ; 2 rx12 ; 3 rx21", "read-committed", "read-uncommitted")]
    [InlineData("garbage-read", "0 rx1", "read-uncommitted", "")]
    [InlineData("G0-process", "0 ax1 | 0 ax2 | 1 rx21", "pram", "snapshot-isolation")]
    [InlineData("G1c-process", "0 rx1 | 0 ax1", "pram", "snapshot-isolation")]
    [InlineData("G-single-process", "0 ax1 | 0 rx | 1 rx1", "strong-session-snapshot-isolation", "serializable")]
    [InlineData("PRAM", "0 ax1 | 0 rx | 1 rx1", "pram", "serializable")]
    [InlineData("causal", "0 ax1 | 1 rx1 ay1 | 2 ry1 rx", "causal", "pram")]
    [InlineData("G-single-realtime", "0 ax1 | 1 rx", "strict-serializable", "strong-session-serializable")]
    [InlineData("G2-item-process", "0 ay1 | 0 rx ; 1 ry ax1 | 2 rx1 ry1", "strong-session-serializable", "serializable")]
    [InlineData("G0-realtime", "0 ax1 | 1 ax2 | 2 rx21", "strong-snapshot-isolation", "strong-session-serializable")]
    public void A_list_append_history_shows_it(string anomaly, string history, string breaks, string keeps) =>
        Verify(TransactionModel.ListAppend, anomaly, history, breaks, keeps);

    [Theory]
    [InlineData("G0", "0 gx0 wx1 gy2 wy1 ; 1 gx1 wx2 gy0 wy2 ; 2 wx0 wy0", "read-uncommitted", "")]
    [InlineData("G1a", "0! wx1 ; 1 gx1", "read-committed", "read-uncommitted")]
    [InlineData("G1b", "0 wx1 wx2 ; 1 gx1", "read-committed", "read-uncommitted")]
    [InlineData("G1c", "0 wx1 gy1 ; 1 wy1 gx1", "read-committed", "read-uncommitted")]
    [InlineData("G-single", "0 gx gy1 ; 1 wx1 wy1", "snapshot-isolation", "read-committed")]
    [InlineData("fractured-read", "0 gx gy1 ; 1 wx1 wy1", "read-atomic", "read-committed")]
    [InlineData("G-nonadjacent", "0 wx1 ; 1 wy1 ; 2 gx1 gy ; 3 gx gy1", "snapshot-isolation", "parallel-snapshot-isolation")]
    [InlineData("G2-item", "0 gx wy1 ; 1 gy wx1", "serializable", "snapshot-isolation")]
    [InlineData("lost-update", "0 gx wx1 ; 1 gx wx2", "snapshot-isolation", "causal")]
    [InlineData("internal", "0 wx1 gx2 ; 1 wx2", "read-atomic", "read-committed")]
    [InlineData("internal", "0 gx1 wx1", "read-atomic", "read-committed")]
    [InlineData("cyclic-versions", "0 gx1 wx2 ; 1 gx2 wx1", "read-uncommitted", "")]
    [InlineData("garbage-read", "0 gx1", "read-uncommitted", "")]
    [InlineData("G1c-process", "0 gx1 | 0 wx1", "pram", "snapshot-isolation")]
    [InlineData("G-single-process", "0 wx1 | 0 gx | 1 gx1", "strong-session-snapshot-isolation", "serializable")]
    [InlineData("causal", "0 wx1 | 1 gx1 wy1 | 2 gy1 gx", "causal", "pram")]
    [InlineData("G-single-realtime", "0 wx1 | 1 gx", "strict-serializable", "strong-session-serializable")]
    public void A_register_history_shows_it(string anomaly, string history, string breaks, string keeps) =>
        Verify(TransactionModel.RwRegister, anomaly, history, breaks, keeps);

    [Theory]
    [InlineData(TransactionModel.ListAppend, "0 ax1 ; 1 rx1 ax2 ; 2 rx12 ; 3 ry")]
    [InlineData(TransactionModel.ListAppend, "0? ax1 ; 1 rx1 | 2? ax2 ; 3 rx1 | 4 rx12")]
    [InlineData(TransactionModel.ListAppend, "0? ax1 | 1 rx")]
    [InlineData(TransactionModel.ListAppend, "0! ax1 | 1 rx")]
    [InlineData(TransactionModel.ListAppend, "0 ax1 ax2 rx12 ; 1 rx | 2 rx12 ax3 rx123")]
    [InlineData(TransactionModel.RwRegister, "0 wx1 ; 1 gx1 wx2 ; 2 gx2 ; 3 gy")]
    [InlineData(TransactionModel.RwRegister, "0? wx1 | 1 gx | 2 gx1")]
    [InlineData(TransactionModel.RwRegister, "0! wx1 | 1 gx")]
    public void A_clean_history_keeps_every_level(TransactionModel model, string history)
    {
        var report = Check(history, model);
        Assert.Empty(report.Findings);
        Assert.All(report.Levels, l => Assert.Equal(CheckOutcome.Valid, l.Outcome));
    }

    [Theory]
    [InlineData(TransactionModel.ListAppend, "0 ax1 ; 1 ax1 ; 2 rx1")]
    [InlineData(TransactionModel.RwRegister, "0 wx1 ; 1 wx1 ; 2 gx1")]
    public void What_was_written_twice_makes_every_level_unknown(TransactionModel model, string history) =>
        Assert.All(Check(history, model).Levels, l => Assert.Equal((CheckOutcome.Unknown, true), (l.Outcome, l.Because.Contains("more than once"))));

    [Fact]
    public void The_levels_have_the_names_that_the_command_line_takes()
    {
        Assert.Equal("strong-session-snapshot-isolation", IsolationLevels.NameOf(IsolationLevel.StrongSessionSnapshotIsolation));
        Assert.All(IsolationLevels.All, l => Assert.Equal(l, IsolationLevels.Named(IsolationLevels.NameOf(l))));
        Assert.Null(IsolationLevels.Named("chaos"));
    }

    [Theory]
    [InlineData("elle-cli/elle_list-append-gh-30.edn", IsolationLevel.Serializable)]
    [InlineData("elle-cli/elle_paper-example.edn", IsolationLevel.SnapshotIsolation)]
    public void Recorded_histories_have_the_verdicts_of_others(string file, IsolationLevel broken)
    {
        var report = IsolationChecker.Check(
            SharedData.Read(file), TransactionModel.ListAppend, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(CheckOutcome.Invalid, report.At(broken).Outcome);
        Assert.Equal(CheckOutcome.Invalid, report.At(IsolationLevel.StrictSerializable).Outcome);
    }

    [Fact]
    public void The_example_of_the_page_on_checking_is_what_the_page_says()
    {
        var page = SourceTree.Read("docs/checking.md");
        var start = page.IndexOf("{:type :invoke, :process 0", StringComparison.Ordinal);
        var history = HistoryReader.Read(page[start..page.IndexOf("```", start, StringComparison.Ordinal)], HistoryFormat.Edn);
        var report = IsolationChecker.Check(
            history, TransactionModel.ListAppend, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("G2-item", Assert.Single(report.Findings).Name);
        Assert.Equal(CheckOutcome.Invalid, report.At(IsolationLevel.RepeatableRead).Outcome);
        Assert.Equal(CheckOutcome.Invalid, report.At(IsolationLevel.Serializable).Outcome);
        Assert.Equal(CheckOutcome.Valid, report.At(IsolationLevel.SnapshotIsolation).Outcome);
    }

    private static IsolationReport Check(string history, TransactionModel model) =>
        IsolationChecker.Check(ShortHistory.Of(history), model, cancellationToken: TestContext.Current.CancellationToken);

    private static void Verify(TransactionModel model, string anomaly, string history, string breaks, string keeps)
    {
        var report = Check(history, model);
        Assert.Contains(anomaly, report.Findings.Select(f => f.Name));
        Assert.Equal(CheckOutcome.Invalid, report.At(IsolationLevels.Named(breaks)!.Value).Outcome);
        if (keeps.Length > 0)
            Assert.Equal(CheckOutcome.Valid, report.At(IsolationLevels.Named(keeps)!.Value).Outcome);
    }
}
