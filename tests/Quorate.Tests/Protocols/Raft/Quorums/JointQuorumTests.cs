using Quorate.Kernel.Identity;
using Quorate.Protocols.Raft.Quorums;

namespace Quorate.Tests.Protocols.Raft.Quorums;

public sealed class JointQuorumTests
{
    [Theory]
    [InlineData("1", "", "7", 7)]
    [InlineData("1 2", "", "7 5", 5)]
    [InlineData("1 2 3", "", "7 5 6", 6)]
    [InlineData("1 2 3 4", "", "9 8 7 6", 7)]
    [InlineData("1 2 3 4 5", "", "1 9 8 2 7", 7)]
    [InlineData("1 2 3", "3 4 5", "9 9 1 2 3", 2)]
    [InlineData("1 2 3", "1 4 5", "9 9 9 1 1", 1)]
    [InlineData("2 3", "", "9 4 5", 4)]
    [InlineData("", "", "1", long.MinValue)]
    public void The_largest_number_that_a_majority_of_each_set_reaches(string voters, string outgoing, string values, long agreed)
    {
        var numbers = values.Split(' ').Select(long.Parse).ToArray();
        var members = Enumerable.Range(1, numbers.Length).Select(i => new NodeId((ulong)i)).ToArray();
        Assert.Equal(agreed, new JointQuorum(members, Nodes(voters), Nodes(outgoing)).Agreed(numbers));
    }

    [Theory]
    [InlineData("1 2 3", "", "", VoteOutcome.Pending)]
    [InlineData("1 2 3", "", "+1 +2", VoteOutcome.Won)]
    [InlineData("1 2 3", "", "+1 -2 -3", VoteOutcome.Lost)]
    [InlineData("1 2 3 4", "", "+1 +2", VoteOutcome.Pending)]
    [InlineData("1 2 3 4", "", "-1 -2", VoteOutcome.Lost)]
    [InlineData("1 2", "3", "+1 +2", VoteOutcome.Pending)]
    [InlineData("1 2", "3", "+1 +2 +3", VoteOutcome.Won)]
    [InlineData("1 2", "3", "+1 -3", VoteOutcome.Lost)]
    [InlineData("1 2 3", "", "-1 +1 +2 +9", VoteOutcome.Won)]
    public void An_election_is_won_or_lost_by_a_majority_of_each_set(string voters, string outgoing, string votes, object outcome)
    {
        var members = Nodes("1 2 3 4");
        var tally = new VoteTally(members, new JointQuorum(members, Nodes(voters), Nodes(outgoing)));
        foreach (var vote in votes.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            tally.Record(new NodeId(ulong.Parse(vote[1..])), vote[0] == '+');
        Assert.Equal(outcome, tally.Outcome);
    }

    private static NodeId[] Nodes(string ids) =>
        [.. ids.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(i => new NodeId(ulong.Parse(i)))];
}
