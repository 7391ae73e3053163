using Quorate.Protocols.Raft.Replication;

namespace Quorate.Tests.Protocols.Raft.Replication;

/// <summary>nextIndex and matchIndex of one follower, from each state by each event.</summary>
public sealed class ProgressTests
{
    // Each row: state, match and next before; what happens; state, match and next after.
    [Theory]
    [InlineData("Probe 0 6", "accept 0", "Replicate 0 1")]
    [InlineData("Probe 0 6", "accept 5", "Replicate 5 6")]
    [InlineData("Probe 3 4", "accept 2", "Probe 3 4")]
    [InlineData("Probe 0 6", "refuse 3", "Probe 0 3")]
    [InlineData("Probe 2 6", "refuse 1", "Probe 2 3")]
    [InlineData("Probe 0 6", "sent 8", "Probe 0 6")]
    [InlineData("Probe 2 6", "reset", "Probe 2 3")]
    [InlineData("Probe 2 6", "snapshot", "Snapshot 2 6")]
    [InlineData("Replicate 2 6", "accept 4", "Replicate 4 6")]
    [InlineData("Replicate 2 6", "accept 9", "Replicate 9 10")]
    [InlineData("Replicate 2 6", "accept 1", "Replicate 2 6")]
    [InlineData("Replicate 2 6", "sent 8", "Replicate 2 9")]
    [InlineData("Replicate 2 6", "refuse 5", "Probe 2 5")]
    [InlineData("Replicate 2 6", "reset", "Probe 2 3")]
    [InlineData("Replicate 2 6", "snapshot", "Snapshot 2 6")]
    [InlineData("Replicate 2 6", "installed 9", "Probe 9 10")]
    [InlineData("Replicate 2 6", "installed 4", "Replicate 4 6")]
    [InlineData("Snapshot 2 6", "accept 8", "Snapshot 8 9")]
    [InlineData("Snapshot 2 6", "accept 9", "Replicate 9 10")]
    [InlineData("Snapshot 2 6", "installed 9", "Probe 9 10")]
    [InlineData("Snapshot 2 6", "installed 1", "Probe 2 3")]
    [InlineData("Snapshot 2 6", "reset", "Probe 2 3")]
    public void An_event_leads_to(string before, string what, string after)
    {
        var progress = At(before);
        Do(progress, what);
        Assert.Equal(after, $"{progress.State} {progress.Match} {progress.Next}");
    }

    [Theory]
    [InlineData("Probe 0 6", 5, true)]
    [InlineData("Probe 0 6", 4, false)]
    [InlineData("Probe 0 6", 6, false)]
    [InlineData("Replicate 2 6", 2, false)]
    [InlineData("Replicate 2 6", 3, true)]
    [InlineData("Replicate 2 6", 5, true)]
    [InlineData("Replicate 2 6", 6, false)]
    [InlineData("Snapshot 2 6", 5, false)]
    public void A_refusal_counts_only_while_its_question_is_open(string before, long index, bool open) =>
        Assert.Equal(open, At(before).IsOpenQuestion(index));

    [Theory]
    [InlineData("Probe 0 6", "", true)]
    [InlineData("Probe 0 6", "sent 6", false)]
    [InlineData("Probe 0 6", "sent 6, refuse 3", true)]
    [InlineData("Probe 0 6", "sent 6, reset", true)]
    [InlineData("Replicate 2 6", "", true)]
    [InlineData("Replicate 2 6", "sent 7", true)]
    [InlineData("Replicate 2 6", "sent 7, sent 8", false)]
    [InlineData("Replicate 2 6", "sent 7, sent 8, accept 6", false)]
    [InlineData("Replicate 2 6", "sent 7, sent 8, accept 7", true)]
    [InlineData("Replicate 2 6", "snapshot", false)]
    [InlineData("Snapshot 2 6", "installed 9", true)]
    public void Sending_waits_for_the_probe_the_window_or_the_snapshot(string before, string events, bool maySend)
    {
        var progress = At(before);
        foreach (var what in events.Split(", ", StringSplitOptions.RemoveEmptyEntries))
            Do(progress, what);
        Assert.Equal(maySend, progress.MaySend);
    }

    [Fact]
    public void Match_never_falls_and_stays_below_next_whatever_happens()
    {
        var random = new Random(1);
        var progress = new Progress(5, new Inflight(2, 100));
        string[] events = ["accept", "refuse", "sent", "installed", "reset", "snapshot"];
        for (var step = 0; step < 5_000; step++)
        {
            var before = progress.Match;
            Do(progress, $"{events[random.Next(events.Length)]} {progress.Next + random.Next(-4, 5)}");
            Assert.InRange(progress.Match, before, progress.Next - 1);
        }
    }

    private static Progress At(string text)
    {
        var parts = text.Split(' ');
        var progress = new Progress(1, new Inflight(2, 100));
        var state = Enum.Parse<ReplicationState>(parts[0]);
        progress.Restore(state, long.Parse(parts[1]), long.Parse(parts[2]), probeSent: false, commitSent: 0);
        return progress;
    }

    // The leader's log begins at index 10.
    private static void Do(Progress progress, string what)
    {
        var parts = what.Split(' ');
        var index = parts.Length > 1 ? Math.Max(0, long.Parse(parts[1])) : 0;
        switch (parts[0])
        {
            case "accept":
                progress.Accept(index, 10);
                break;
            case "refuse":
                progress.Refuse(index);
                break;
            case "sent":
                progress.Sent(Math.Max(index, progress.Next), 1, 1);
                break;
            case "installed":
                progress.Installed(index);
                break;
            case "reset":
                progress.Reset();
                break;
            default:
                progress.BecomeSnapshot();
                break;
        }
    }
}
