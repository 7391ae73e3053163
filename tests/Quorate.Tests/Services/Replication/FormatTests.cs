using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Protocols.Raft;
using Quorate.Services.Replication;
using Quorate.Services.Replication.Journal;
using Quorate.Services.Replication.Members;
using Quorate.Services.Replication.Peers;
using Quorate.Services.Replication.Sessions;

namespace Quorate.Tests.Services.Replication;

/// <summary>The bytes that docs/formats.md freezes. A test that fails here tells of a change that other versions could not read.</summary>
public sealed class FormatTests
{
    private static readonly Configuration Members = new([new NodeId(1), new NodeId(2)], null, [new NodeId(3)]);

    [Fact]
    public void The_greeting_of_a_connection()
    {
        var handshake = new Handshake(0x0102030405060708, new NodeId(0x11), new NodeId(0x22), "h:7");
        Golden(
            "23000000025e95cc0100515045520108070605040302011100000000000000220000000000000003683a37",
            writer => handshake.Write(writer, FrameKind.Hello));
        Golden(
            "2300000067e4deae0200515045520108070605040302011100000000000000220000000000000003683a37",
            writer => handshake.Write(writer, FrameKind.Welcome));
        Golden("05000000068cbc090300026e6f", writer => Handshake.WriteRefusal(writer, "no"));
    }

    [Fact]
    public void The_frames_of_calls_and_of_Raft()
    {
        Golden(
            "09000000e1d4268505ac020502d836aabb",
            writer => CallCodec.WriteRequest(writer, 300, 5, 2, TimeSpan.FromSeconds(7), [0xaa, 0xbb]));
        Golden("06000000e5c24d6406ac020500cc", writer => CallCodec.WriteAnswer(writer, 300, 5, [0xcc]));
        Golden("07000000b8b641bd06ac0205016e6f", writer => CallCodec.WriteError(writer, 300, 5, CallStatus.Failed, "no"));
        Golden("0400000077c13f8f07ac0205", writer => CallCodec.WriteCancel(writer, 300, 5));
        Golden("05000000eb1e719a0401040901", writer =>
        {
            var start = FrameCodec.Begin(writer, FrameKind.Raft, 1);
            RaftCodec.Write(new VoteReply(9, true), writer);
            FrameCodec.End(writer, start);
        });
    }

    [Fact]
    public void The_messages_of_Raft()
    {
        var entry = new Entry(4, 11, EntryKind.Command, new byte[] { 1, 2 });
        Golden("0104ac0203", new PreVoteRequest(4, 300, 3));
        Golden("020401", new PreVoteReply(4, true));
        Golden("0304ac020301", new VoteRequest(4, 300, 3, true));
        Golden("040400", new VoteReply(4, false));
        Golden("05040a030907010400020102", new AppendRequest(4, 10, 3, 9, 7, [entry]));
        Golden("0604000a080207", new AppendReply(4, false, 10, 8, 2, 7));
        Golden(
            "07040903020100000000000000020000000000000000010300000000000000ac0201020506",
            new SnapshotRequest(4, 9, 3, Members, 300, new byte[] { 5, 6 }, true));
        Golden("080409ae0201", new SnapshotReply(4, 9, 302, true));
        Golden("0904", new TimeoutNow(4));
    }

    [Fact]
    public void The_records_of_the_shared_log()
    {
        var state = new HardState(300, new NodeId(2));
        var entries = new Entry[] { new(4, 10, EntryKind.Noop, default), new(5, 11, EntryKind.Command, new byte[] { 1, 2 }) };
        Golden("0107ac020200000000000000", writer => JournalCodec.WriteState(writer, 7, state));
        Golden("02070a020401000500020102", writer => JournalCodec.WriteEntries(writer, 7, entries, 0, 1000, false));
        Golden("03070a020401000500020102", writer => JournalCodec.WriteEntries(writer, 7, entries, 0, 1000, true));
        Golden(
            "0407ac0202000000000000000903020100000000000000020000000000000000010300000000000000",
            writer => JournalCodec.WriteBase(writer, 7, state, 9, 3, Members));
    }

    [Fact]
    public void The_payloads_of_entries()
    {
        var command = new SessionCommand(0x0102030405060708, 305, 300, new byte[] { 9, 8 });
        Golden("010807060504030201ac02050908", writer => writer.WriteRaw(PayloadCodec.Encode(PayloadKind.Command, command)));
        Golden("020807060504030201", writer => writer.WriteRaw(PayloadCodec.Register(0x0102030405060708)));
        Golden("0402", writer => writer.WriteRaw(PayloadCodec.Level(2)));
        Golden("030807060504030201ac02050908", writer => writer.WriteRaw(PayloadCodec.Encode(PayloadKind.Member, command)));
        Golden(
            "026e3303683a3103683a32030000000000000000",
            writer => MemberTable.Write(writer, new GroupMember(new NodeId(3), "n3", "h:1", "h:2", true)));
    }

    [Fact]
    public void The_steps_of_membership_and_the_directory()
    {
        var newcomer = new GroupMember(new NodeId(3), "", "h:1", "", true) { PromoteWhenReady = true };
        Golden("010003683a3100030000000000000001", writer => writer.WriteRaw(new MembershipStep(MembershipStepKind.Add, newcomer).ToArray()));
        Golden(
            "03000000030000000000000000",
            writer => writer.WriteRaw(MembershipStep.Of(MembershipStepKind.Remove, new NodeId(3)).ToArray()));
        Golden("07000000e02fb5de08005150455201", DirectoryCodec.WriteAsk);
        Golden("170000006eafe7ad0a01515045520107000000000000000300000000000000", new ReadmissionAsk(7, 1, new NodeId(3)).Write);
        Golden("1e00000071c7d07a0c01515045520107000000000000000003683a3100030000000000000001", new Application(7, 1, newcomer).Write);
        Golden("08000000d9c189380d00515045520102", writer => Application.WriteAnswer(writer, MembershipAnswer.AddressExists));
        Golden("18000000df1d9e3a0b0051504552010009000000000000000200000000000000", new Readmission(MembershipAnswer.Done, 9, new NodeId(2)).WriteFrame);
        Golden(
            "1f000000ae3c5cdd090051504552010700000000000000010003683a3100030000000000000001",
            writer => DirectoryCodec.WriteDirectory(writer, new ClusterDirectory(7, [newcomer])));
    }

    [Fact]
    public void The_hosts_part_of_a_snapshot()
    {
        Golden(
            "ac02020100000000000000020000000000000000010300000000000000",
            writer => writer.WriteRaw(SnapshotFiles.Metadata(300, Members, 0).Span));
        // Where the level is not the one that the group began with.
        Golden(
            "ac0202010000000000000002000000000000000001030000000000000002",
            writer => writer.WriteRaw(SnapshotFiles.Metadata(300, Members, 2).Span));
        Golden("02", writer => writer.WriteRaw(GroupUpgrade.Answer(2)));
        var members = new MemberTable();
        members.Set(new GroupMember(new NodeId(3), "n3", "h:1", "", false));
        Golden("01026e3303683a3100030000000000000000", members.Write);
        var sessions = new SessionTable(10);
        sessions.Register(1);
        sessions.Register(2);
        sessions.Admit(new SessionCommand(1, 7, 5, default), out var session, out _);
        session!.Replies.Set(7, [0xee]);
        Golden("0202000000000000000100010000000000000005010201ee", sessions.Write);
    }

    private static void Golden(string hex, RaftMessage message) => Golden(hex, writer => RaftCodec.Write(message, writer));

    private static void Golden(string hex, Action<ByteWriter> write)
    {
        var writer = new ByteWriter();
        write(writer);
        Assert.Equal(hex.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexStringLower(writer.WrittenSpan));
    }
}
