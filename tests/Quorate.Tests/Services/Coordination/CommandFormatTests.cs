using Quorate.Services.Coordination;
using Quorate.Services.Coordination.Commands;
using Quorate.Services.Coordination.Store;
using static Quorate.Tests.Services.Coordination.CoordinationFixture;

namespace Quorate.Tests.Services.Coordination;

/// <summary>The bytes that docs/formats.md freezes. A test that fails here tells of a change that other versions could not read.</summary>
public sealed class CommandFormatTests
{
    [Fact]
    public void The_commands_of_the_service()
    {
        Golden("01 01 0e 016b 027676", CommandWriter.Put(new PutRequest(Bytes("k"), Bytes("vv"), 7, PreviousKeyValue: true)));
        Golden("02 01 0161 0162", CommandWriter.DeleteRange(new DeleteRangeRequest(Bytes("a"), Bytes("b"), true)));
        Golden("04 d804", CommandWriter.Compact(300));
        Golden("05 12 78", CommandWriter.LeaseGrant(9, 60));
        Golden("06 12", CommandWriter.LeaseRevoke(9));
        Golden("07 06", CommandWriter.LessorTakeover(3));
        Golden("08 12 06", CommandWriter.LeaseExpire(9, 3));
        Golden("09 01 01 12", CommandWriter.Alarm(true, new Alarm(9, AlarmKind.NoSpace)));
        var compare = new Compare(CompareResult.Greater, KeyField.ModRevision, Bytes("k"), default, 4, default);
        var read = new RangeRequest(Bytes("k"), default, 5, KeysOnly: true);
        var expected = $"03 01 {(byte)CompareResult.Greater:x2}{(byte)KeyField.ModRevision:x2} 016b 00 08 00"
            + " 01 01 00 00 016b 0176 01 00 02 00 00 016b 00 0a 00 00 00 00 00";
        Golden(expected, CommandWriter.Txn(new TxnRequest([compare], [Put("k", "v")], [read])));
    }

    [Fact]
    public void The_numbers_of_comparisons_and_orders()
    {
        Assert.Equal([0, 1, 2, 3], Enum.GetValues<CompareResult>().Select(value => (int)value));
        Assert.Equal([0, 1, 2], Enum.GetValues<SortOrder>().Select(value => (int)value));
        Assert.Equal([0, 1, 2, 3], Enum.GetValues<OperationKind>().Select(value => (int)value));
    }

    [Fact]
    public async Task The_state_of_a_store()
    {
        var store = new CoordinationStore();
        store.Apply(1, CommandWriter.LeaseGrant(9, 60));
        store.Apply(2, CommandWriter.Put(new PutRequest(Bytes("a"), Bytes("x"), 9)));
        store.Apply(3, CommandWriter.Put(new PutRequest(Bytes("a"), Bytes("y"))));
        store.Apply(4, CommandWriter.DeleteRange(new DeleteRangeRequest(Bytes("a"))));
        using var cut = store.Cut();
        Golden(
            "51434f4f52440100"
            + " 04000000 cd47d1be 01 08 01 00" // header
            + " 03000000 da3ccacc 02 12 78" // one lease
            + " 16000000 b6eaa4eb 03 02 0161 04 00 04 02 12 0178 03 06 00 04 04 00 0179 01 08 00" // three versions of one key
            + " 03000000 66d05eff 04 02 06", // how many
            await Snapshots.WriteAsync(cut));
    }

    [Fact]
    public async Task The_state_of_a_store_with_an_alarm()
    {
        var store = new CoordinationStore();
        store.Apply(1, CommandWriter.Alarm(true, new Alarm(9, AlarmKind.NoSpace)));
        using var cut = store.Cut();
        Golden(
            "51434f4f52440100"
            + " 04000000 052befc9 01 02 01 00" // header
            + " 03000000 72d710b1 05 12 01" // one alarm
            + " 01000000 a5a02d41 03" // no versions
            + " 03000000 6007bafe 04 00 00", // how many
            await Snapshots.WriteAsync(cut));
    }

    [Fact]
    public void The_numbers_of_errors_in_replies() => Assert.Equal(
        ["EmptyKey 0", "NoSpace 17", "Internal 18", "Corrupt 19", "LeaderTransferTimeout 22"],
        Enum.GetValues<CoordinationError>().Where(e => e is CoordinationError.EmptyKey or CoordinationError.NoSpace or CoordinationError.Internal
            or CoordinationError.Corrupt or CoordinationError.LeaderTransferTimeout).Select(e => $"{e} {(int)e}"));

    private static void Golden(string hex, ReadOnlyMemory<byte> bytes)
    {
        Assert.Equal(hex.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexStringLower(bytes.Span));
    }
}
