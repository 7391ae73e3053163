using Quorate.Protocols.Raft.Reads;

namespace Quorate.Tests.Protocols.Raft.Reads;

public sealed class ReadRoundsTests
{
    // begin INDEX or begin - (no entry of the term is committed), read ID, confirm ROUND; answers as ID@INDEX.
    [Theory]
    [InlineData("read 1, confirm 0", "")]
    [InlineData("read 1, begin 7, confirm 1", "1@7")]
    [InlineData("read 1, begin 7, confirm 0", "")]
    [InlineData("begin 7, read 1, confirm 1", "")]
    [InlineData("begin 7, read 1, begin 8, confirm 1", "")]
    [InlineData("begin 7, read 1, begin 8, confirm 2", "1@8")]
    [InlineData("read 1, begin -, confirm 1", "")]
    [InlineData("read 1, begin -, begin 9, confirm 2", "1@9")]
    [InlineData("read 1, read 2, begin 7, confirm 1", "1@7 2@7")]
    [InlineData("read 1, begin 7, read 2, begin 8, confirm 2", "1@7")]
    [InlineData("read 1, begin 7, read 2, confirm 1, begin 8, confirm 2", "1@7 2@8")]
    [InlineData("read 1, begin 7, confirm 1, confirm 1", "1@7")]
    [InlineData("read 1, begin 7, begin 9, begin 9, confirm 3", "1@7")]
    public void A_read_is_answered_by_a_round_that_began_after_it_came(string events, string answers)
    {
        var rounds = new ReadRounds();
        var answered = new List<string>();
        foreach (var what in events.Split(", ").Select(e => e.Split(' ')))
        {
            if (what[0] == "read")
                rounds.Add(ulong.Parse(what[1]));
            else if (what[0] == "begin")
                rounds.Begin(TimeSpan.Zero, what[1] == "-" ? null : long.Parse(what[1]));
            else
                answered.AddRange(rounds.Confirm(long.Parse(what[1])).Select(r => $"{r}@{rounds.ConfirmingIndex}"));
        }

        Assert.Equal(answers, string.Join(' ', answered));
    }

    [Fact]
    public void The_lease_counts_from_when_the_last_confirmed_round_was_sent()
    {
        var rounds = new ReadRounds();
        for (var second = 1; second <= 3; second++)
            rounds.Begin(TimeSpan.FromSeconds(second), null);
        Assert.Null(rounds.ConfirmedAt);
        rounds.Confirm(2);
        Assert.Equal(TimeSpan.FromSeconds(2), rounds.ConfirmedAt);
        rounds.Confirm(1);
        Assert.Equal(TimeSpan.FromSeconds(2), rounds.ConfirmedAt);
        rounds.Confirm(3);
        Assert.Equal(TimeSpan.FromSeconds(3), rounds.ConfirmedAt);
    }

    [Fact]
    public void Reads_beyond_the_bound_are_refused_and_all_others_can_be_taken_out()
    {
        var rounds = new ReadRounds();
        for (var i = 0; i < ReadRounds.ReadsMax; i++)
            Assert.True(rounds.Add((ulong)i));
        Assert.False(rounds.Add(1));
        Assert.Equal(ReadRounds.ReadsMax, rounds.Abandon().Count);
        Assert.False(rounds.WantsRound);
        Assert.True(rounds.Add(1));
    }
}
