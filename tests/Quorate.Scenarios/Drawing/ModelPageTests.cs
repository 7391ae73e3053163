using Quorate.Checking.ModelChecking;
using Quorate.Checking.Pages;
using Quorate.Checking.Pages.Writing;
using Quorate.Cli.Drawing;
using Quorate.Cli.Models;
using Quorate.Cli.Models.Raft;

namespace Quorate.Scenarios.Drawing;

/// <summary>A model's counterexample on the page: who takes part, each step, and each message from the step that sent it.</summary>
public sealed class ModelPageTests
{
    private static readonly string[] Servers = ["n1", "n2", "n3"];

    [Fact]
    public void A_vote_that_was_forgotten_is_drawn_with_its_messages()
    {
        var model = new RaftModel(new RaftModelBounds(Symmetry: false, Bug: PlantedBug.ForgottenVote));
        var verdict = ModelChecker.Check(model, new ModelOptions());
        var page = ModelPage.Of("raft", "again", verdict, model, Servers);

        Assert.Equal((PageVerdict.Invalid, PageAxis.Steps), (page.Verdict, page.Axis));
        Assert.Equal(Servers, page.Lanes.Select(l => l.Name));
        Assert.Equal(verdict.Path.Count + 1, page.Marks.Count);
        Assert.Equal("violated", page.Marks[^1].Label);
        var requests = page.Messages.Where(m => m.Fate == MessageFate.Arrived && m.Label == "a request for its vote in term 1").ToList();
        // Sent where a candidate timed out, received where the third server says so.
        Assert.Equal(2, requests.Count);
        Assert.All(requests, m => Assert.Contains(page.Marks, mark => mark.Lane == m.From && mark.At == m.Sent && mark.Label == "times out"));
        Assert.All(requests, m => Assert.Equal("n3", page.Lanes[m.To].Name));
        Assert.Contains(page.Messages, m => m.Fate == MessageFate.Arrived && m.Label == "a vote in term 1" && page.Lanes[m.From].Name == "n3");
        Assert.Single(page.Marks, m => m.Kind == MarkKind.Crash);
        PageWriter.Write(page, TextWriter.Null);
    }

    [Fact]
    public void What_goes_on_for_ever_is_drawn_once_and_says_so()
    {
        var model = new AlternatingBitModel(delivery: Fairness.Weak);
        var verdict = ModelChecker.Check(model, new ModelOptions());
        var page = ModelPage.Of("alternating bit", "again", verdict, model, ["sender", "receiver"]);

        Assert.NotEmpty(verdict.Cycle);
        Assert.Contains(page.Marks, m => m.Detail.EndsWith("again and again", StringComparison.Ordinal));
        // A loss is nobody's step.
        Assert.Equal((LaneKind.World, "channel"), (page.Lanes[0].Kind, page.Lanes[0].Name));
        Assert.Contains(page.Marks, m => m.Lane == 0 && m.Label == "message 0 is lost");
        Assert.Contains(page.Messages, m => m.Fate == MessageFate.Lost && m.Ended == m.Sent + 1);
    }

    [Fact]
    public void A_message_that_is_taken_twice_is_two_arrows()
    {
        var model = new AlternatingBitModel(withBit: false);
        var verdict = ModelChecker.Check(model, new ModelOptions());
        var page = ModelPage.Of("alternating bit", "again", verdict, model, ["sender", "receiver"]);

        Assert.Equal([(1L, 2L), (3L, 4L)], page.Messages.Where(m => m.Fate == MessageFate.Arrived && m.To == 1).Select(m => (m.Sent, m.Ended)));
    }
}
