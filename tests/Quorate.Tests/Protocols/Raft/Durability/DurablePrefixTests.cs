using Quorate.Kernel.Encoding;
using Quorate.Kernel.Invariants;
using Quorate.Protocols.Raft.Durability;

namespace Quorate.Tests.Protocols.Raft.Durability;

public sealed class DurablePrefixTests
{
    // A log that is durable to 5; each row what happens then, and the last index that is durable after it.
    [Theory]
    [InlineData("", 5)]
    [InlineData("write 7", 5)]
    [InlineData("write 7, done 1", 7)]
    [InlineData("write 7, write 9, done 1", 7)]
    [InlineData("write 7, write 9, done 2", 9)]
    [InlineData("write 7, write 9, done 2, done 1", 9)]
    [InlineData("vote, done 1", 5)]
    [InlineData("vote, write 7, done 1", 5)]
    [InlineData("truncate 4", 3)]
    [InlineData("truncate 8", 5)]
    [InlineData("write 9, truncate 7, done 1", 6)]
    [InlineData("write 9, truncate 7, write 8, done 1", 6)]
    [InlineData("write 9, truncate 7, write 8, done 2", 8)]
    [InlineData("write 9, truncate 3, write 3, done 1", 2)]
    [InlineData("write 9, truncate 3, write 3, truncate 2, write 2, done 2", 1)]
    [InlineData("write 9, truncate 3, write 3, truncate 2, write 2, done 3", 2)]
    [InlineData("cover 8", 8)]
    [InlineData("cover 2", 5)]
    [InlineData("write 9, cover 7, done 1", 9)]
    public void So_much_of_the_log_is_durable(string events, long index)
    {
        var prefix = new DurablePrefix(5);
        foreach (var what in events.Split(", ", StringSplitOptions.RemoveEmptyEntries))
            Do(prefix, what);
        Assert.Equal(index, prefix.Index);
        var writer = new ByteWriter();
        prefix.WriteCanonical(writer);
        var reader = new ByteReader(writer.WrittenSpan);
        Assert.Equal(index, DurablePrefix.ReadCanonical(ref reader).Index);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("vote", false)]
    [InlineData("vote, done 1", true)]
    [InlineData("vote, vote, done 1", false)]
    [InlineData("vote, write 7, done 1", true)]
    [InlineData("write 7, vote, done 1", false)]
    public void The_vote_is_durable_once_its_last_write_is(string events, bool durable)
    {
        var prefix = new DurablePrefix(5);
        foreach (var what in events.Split(", ", StringSplitOptions.RemoveEmptyEntries))
            Do(prefix, what);
        Assert.Equal(durable, prefix.HardStateIsDurable);
    }

    [Fact]
    public void A_write_that_nobody_asked_for_cannot_be_done() =>
        Assert.Throws<InvariantViolationException>(() => new DurablePrefix(5).Complete(1));

    private static void Do(DurablePrefix prefix, string what)
    {
        var parts = what.Split(' ');
        var number = parts.Length > 1 ? long.Parse(parts[1]) : 0;
        switch (parts[0])
        {
            case "write":
                prefix.Issue(number, hardState: false);
                break;
            case "vote":
                prefix.Issue(0, hardState: true);
                break;
            case "done":
                prefix.Complete(number);
                break;
            case "truncate":
                prefix.Truncate(number);
                break;
            default:
                prefix.Cover(number);
                break;
        }
    }
}
