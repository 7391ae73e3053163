using Quorate.Checking.ModelChecking;
using Quorate.Cli.Models.Raft;

namespace Quorate.Scenarios.ModelChecks;

/// <summary>The check finds what is wrong on purpose, and shows a shortest path to it; so it would find such a bug in the core.</summary>
public sealed class PlantedBugTests(ITestOutputHelper output)
{
    [Fact]
    public void A_vote_that_a_restart_forgets_elects_two_leaders_of_a_term() => Finds(
        new RaftModelBounds(Terms: 1, Commands: 0, Symmetry: false, Bug: PlantedBug.ForgottenVote),
        "election safety",
        "n1 times out",
        "n2 times out",
        "n3 receives from n1 a request for its vote in term 1",
        "n3 crashes and restarts",
        "n3 receives from n2 a request for its vote in term 1",
        "n1 receives from n3 a vote in term 1",
        "n2 receives from n3 a vote in term 1");

    [Fact]
    public void Entries_acknowledged_before_they_are_durable_are_committed_and_lost() => Finds(
        new RaftModelBounds(Commands: 0, Symmetry: false, Bug: PlantedBug.EarlyAcknowledgement),
        "leader completeness",
        "n1 times out",
        "n2 receives from n1 a request for its vote in term 1",
        "n2 times out",
        "n1 receives from n2 a vote in term 1",
        "n3 receives from n1 entries 1 to 1 of term 1 with commit 0, and crashes before that is durable",
        "n3 receives from n2 a request for its vote in term 2",
        "n2 receives from n3 a vote in term 2",
        "n1 receives from n3 an acceptance to 1 in term 1");

    [Fact]
    [Trait("Speed", "Slow")]
    public void Entries_acknowledged_while_a_slow_disk_writes_are_committed_and_lost() => Finds(
        new RaftModelBounds(Commands: 0, SlowDisk: true, Symmetry: false, Bug: PlantedBug.EarlyAcknowledgement),
        "leader completeness",
        "n1 times out",
        "n1 completes a write",
        "n2 receives from n1 a request for its vote in term 1",
        "n2 completes a write",
        "n2 times out",
        "n2 completes a write",
        "n1 receives from n2 a vote in term 1",
        "n1 completes a write",
        "n3 receives from n1 entries 1 to 1 of term 1 with commit 0",
        "n3 crashes and restarts",
        "n3 receives from n2 a request for its vote in term 2",
        "n3 completes a write",
        "n2 receives from n3 a vote in term 2",
        "n1 receives from n3 an acceptance to 1 in term 1");

    [Theory]
    [InlineData(PlantedBug.ForgottenVote)]
    [InlineData(PlantedBug.EarlyAcknowledgement)]
    public void Renaming_the_servers_hides_no_bug_and_lengthens_no_path(object bug)
    {
        var bounds = new RaftModelBounds(Commands: 0, Symmetry: false, Bug: (PlantedBug)bug);
        var all = ModelChecker.Check(new RaftModel(bounds));
        var some = ModelChecker.Check(new RaftModel(bounds with { Symmetry = true }));
        Assert.Equal((ModelOutcome.Violated, all.Depth), (some.Outcome, some.Depth));
        Assert.True(some.States * 3 < all.States, $"{some.States} states instead of {all.States}");
    }

    private void Finds(RaftModelBounds bounds, string violation, params string[] path)
    {
        var verdict = ModelChecker.Check(new RaftModel(bounds));
        output.WriteLine(verdict.ToString());
        Assert.Equal(ModelOutcome.Violated, verdict.Outcome);
        Assert.StartsWith(violation, verdict.Violation);
        Assert.Equal(path, verdict.Path);
    }
}
