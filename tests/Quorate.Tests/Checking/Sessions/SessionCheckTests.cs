using Quorate.Checking.Catalog;
using Quorate.Checking.Findings;

namespace Quorate.Tests.Checking.Sessions;

public sealed class SessionCheckTests
{
    private static readonly string[] Names =
    [
        "read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads",
        "pram", "causal-weak", "causal", "causal-convergent", "sequential",
    ];

    [Theory]
    [InlineData("wx1 rx", "read-your-writes pram causal-weak causal causal-convergent sequential")]
    [InlineData("wx1 wx2 rx1", "read-your-writes pram causal-weak causal causal-convergent sequential")]
    [InlineData("wx1 | rx1 rx", "monotonic-reads pram causal-weak causal causal-convergent sequential")]
    [InlineData("wx1 | wx2 | rx1 rx2 rx1", "monotonic-reads pram causal causal-convergent sequential")]
    [InlineData("wx1 wx2 | rx2 rx1", "monotonic-reads pram causal-weak causal causal-convergent sequential")]
    [InlineData("wx1 wy1 | ry1 rx", "monotonic-writes pram causal-weak causal causal-convergent sequential")]
    [InlineData("wx1 | rx1 wy1 | ry1 rx", "writes-follow-reads causal-weak causal causal-convergent sequential")]
    [InlineData("wx1 | wx2 | rx1 rx2 | rx2 rx1", "causal-convergent sequential")]
    [InlineData("wx1 rx2 | wx2 rx1", "causal-convergent sequential")]
    [InlineData("wx1 ry | wy1 rx", "sequential")]
    [InlineData("wx1 | wy1 | rx1 ry | ry1 rx", "sequential")]
    [InlineData("wx1 rx1 wy1 | ry1 rx1", "")]
    public void A_history_of_the_books_breaks_what_it_must_and_nothing_else(string history, string broken)
    {
        foreach (var name in Names)
        {
            var report = HistoryChecks.Named(name)!.Check(
                SessionShortHistory.Of(history), cancellationToken: TestContext.Current.CancellationToken);
            var expected = broken.Split(' ').Contains(name) ? CheckOutcome.Invalid : CheckOutcome.Valid;
            Assert.True(expected == report.Outcome, $"{name}: {report.Outcome} {report.Reason} {string.Concat(report.Findings)}");
        }
    }

    [Theory]
    [InlineData("pram")]
    [InlineData("causal-weak")]
    [InlineData("causal")]
    [InlineData("causal-convergent")]
    [InlineData("sequential")]
    public void Small_histories_have_the_verdicts_of_the_definitions(string model)
    {
        var seen = new int[2];
        for (var seed = 0; seed < 1500; seed++)
        {
            var history = SessionShortHistory.Of(RandomSessions(new Random(seed)));
            var expected = new MemoryOracle(history.Operations).Keeps(model);
            var report = HistoryChecks.Named(model)!.Check(history, cancellationToken: TestContext.Current.CancellationToken);
            Assert.True(
                report.Outcome == (expected ? CheckOutcome.Valid : CheckOutcome.Invalid),
                $"seed {seed}: {report.Outcome} {report.Reason}\n{string.Join('\n', history.Operations)}\n{string.Concat(report.Findings)}");
            seen[expected ? 1 : 0]++;
        }
        Assert.True(seen[0] > 100 && seen[1] > 100, $"{seen[0]} invalid, {seen[1]} valid");
    }

    [Theory]
    [InlineData("pram")]
    [InlineData("causal")]
    public void A_memory_that_would_not_fit_makes_the_verdict_unknown(string model)
    {
        var history = SessionShortHistory.Of(string.Join('|', Enumerable.Range(0, 200).Select(i => $"wx{i} rx{i}")));
        var report = HistoryChecks.Named(model)!.Check(
            history, new CheckLimits { MemoryBytesMax = 10_000 }, TestContext.Current.CancellationToken);
        Assert.Equal(CheckOutcome.Unknown, report.Outcome);
        Assert.Contains("memory", report.Reason);
    }

    // Each read sees some write of the key or nil, so many break something and many do not.
    private static string RandomSessions(Random random)
    {
        var sessions = new List<List<string>>();
        var written = new List<string>[] { [], [] };
        for (var session = 0; session < 2 + random.Next(2); session++)
        {
            sessions.Add([]);
            for (var step = 0; step < 1 + random.Next(3); step++)
            {
                var key = random.Next(2);
                if (random.Next(2) == 0)
                    written[key].Add($"{written[key].Count + 1}");
                sessions[^1].Add($"{(written[key].Count > 0 && random.Next(2) == 0 ? 'r' : '?')}{"xy"[key]}");
            }
        }
        var next = new int[2];
        foreach (var session in sessions)
            for (var i = 0; i < session.Count; i++)
                if (session[i][0] == '?' || random.Next(3) == 0)
                    session[i] = $"w{session[i][1]}{++next[session[i][1] - 'x']}";
        foreach (var session in sessions)
            for (var i = 0; i < session.Count; i++)
                if (session[i][0] == 'r' && random.Next(next[session[i][1] - 'x'] + 1) is var value and > 0)
                    session[i] += $"{value}";
        return string.Join(" | ", sessions.Select(s => string.Join(' ', s)));
    }
}
