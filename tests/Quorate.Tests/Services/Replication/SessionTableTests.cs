using System.Text;
using Quorate.Kernel.Encoding;
using Quorate.Services.Replication.Sessions;

namespace Quorate.Tests.Services.Replication;

public sealed class SessionTableTests
{
    [Fact]
    public void A_repeated_command_gets_the_kept_reply_until_it_is_acknowledged()
    {
        var table = new SessionTable(10);
        table.Register(5);
        Assert.Equal(SessionVerdict.Fresh, Apply(table, 5, 1, 1, "one"));
        Assert.Equal(SessionVerdict.Repeated, Apply(table, 5, 1, 1, "two"));
        Assert.Equal("one", Encoding.UTF8.GetString(table.KeptReply(5, 1)!));
        Assert.Equal(SessionVerdict.Fresh, Apply(table, 5, 3, 2, "three"));
        Assert.Equal(SessionVerdict.Stale, Apply(table, 5, 1, 1, "late"));
        Assert.Equal(SessionVerdict.Fresh, Apply(table, 5, 2, 2, "out of order"));
        Assert.Null(table.KeptReply(5, 1));
    }

    [Fact]
    public void The_session_used_the_longest_ago_is_forgotten()
    {
        var table = new SessionTable(3);
        for (ulong id = 1; id <= 3; id++)
            table.Register(id);
        Apply(table, 1, 1, 1, "r");
        table.Register(4);
        Assert.Equal(SessionVerdict.UnknownSession, Apply(table, 2, 1, 1, "r"));
        Assert.Equal(SessionVerdict.Repeated, Apply(table, 1, 1, 1, "r"));
        Assert.Equal(3, table.Count);
    }

    [Fact]
    public void A_table_read_back_behaves_and_forgets_like_the_one_that_was_written()
    {
        var random = new Random(7);
        var table = new SessionTable(20);
        var copy = new SessionTable(20);
        for (var step = 0; step < 5000; step++)
        {
            var id = (ulong)random.Next(1, 30);
            var (lowest, ahead) = (random.Next(1, 50), random.Next(0, 40));
            if (random.Next(4) == 0)
            {
                table.Register(id);
                copy.Register(id);
            }

            Assert.Equal(Apply(table, id, lowest + ahead, lowest, $"{step}"), Apply(copy, id, lowest + ahead, lowest, $"{step}"));
            if (step % 100 != 0)
                continue;
            var writer = new ByteWriter();
            table.Write(writer);
            copy = new SessionTable(20);
            var reader = new ByteReader(writer.WrittenSpan);
            copy.Read(ref reader);
            reader.ExpectEnd();
        }
    }

    [Fact]
    public void Sequences_far_apart_do_not_take_memory_without_bound()
    {
        var table = new SessionTable(10);
        table.Register(1);
        Assert.Equal(SessionVerdict.Stale, Apply(table, 1, Session.WindowMax + 1, 1, "far"));
        Assert.Equal(SessionVerdict.Fresh, Apply(table, 1, Session.WindowMax + 1, Session.WindowMax, "near"));
    }

    [Fact]
    public void A_payload_round_trips_and_a_mangled_one_is_malformed_or_another_payload()
    {
        var random = new Random(3);
        for (var i = 0; i < 2000; i++)
        {
            var lowest = random.NextInt64(1, long.MaxValue / 4);
            var command = new byte[random.Next(0, 40)];
            random.NextBytes(command);
            var sent = new SessionCommand((ulong)random.NextInt64(), lowest + random.Next(0, Session.WindowMax), lowest, command);
            var payload = PayloadCodec.Encode(PayloadKind.Command, sent);
            Assert.True(payload.Length <= command.Length + PayloadCodec.OverheadBytes);
            var read = PayloadCodec.ReadCommand(payload);
            Assert.Equal(
                (sent.Session, sent.Sequence, sent.LowestUnacknowledged),
                (read.Session, read.Sequence, read.LowestUnacknowledged));
            Assert.Equal(command, read.Command.ToArray());
            var mangled = payload.AsSpan(0, random.Next(payload.Length)).ToArray();
            if (mangled.Length > 0)
                mangled[random.Next(mangled.Length)] ^= (byte)random.Next(1, 256);
            try
            {
                PayloadCodec.Check(mangled);
            }
            catch (MalformedInputException)
            {
                // That is the one way to refuse.
            }
        }
    }

    private static SessionVerdict Apply(SessionTable table, ulong session, long sequence, long lowest, string reply)
    {
        var verdict = table.Admit(new SessionCommand(session, sequence, lowest, default), out var kept, out _);
        if (verdict == SessionVerdict.Fresh)
            kept!.Replies.Set(sequence, Encoding.UTF8.GetBytes(reply));
        return verdict;
    }
}
