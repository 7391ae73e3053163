using System.Security.Cryptography;
using Quorate.Kernel.Encoding;
using Quorate.Services.Coordination;
using Quorate.Services.Coordination.Backups;
using Quorate.Services.Coordination.Store;
using static Quorate.Tests.Services.Coordination.CoordinationFixture;

namespace Quorate.Tests.Services.Coordination;

public sealed class BackupTests
{
    [Fact]
    public async Task What_was_saved_is_restored_and_nothing_that_came_later()
    {
        var fixture = Filled(3_000);
        var backup = fixture.Do(s => s.OpenBackupAsync());
        var (hash, revision) = (fixture.Store.HashAt(fixture.Store.Revision), fixture.Store.Revision);
        fixture.Do(s => s.PutAsync(Put("later", "x")));
        fixture.Do(s => s.CompactAsync(fixture.Store.Revision - 5, false));
        var bytes = ReadAll(fixture, backup);
        Assert.Equal(backup.Bytes, bytes.Length);
        Assert.Equal(32, bytes.Length % 512);
        Assert.Equal(SHA256.HashData(bytes.AsSpan(0, bytes.Length - 32)), bytes[^32..]);

        var file = await BackupFile.OpenAsync(new MemoryStream(bytes));
        Assert.Equal((7ul, revision), (file.ClusterId, file.Revision));
        var store = new CoordinationStore();
        await file.RestoreAsync(store);
        Assert.Equal((hash, 1, 0L), (store.HashAt(revision), store.LeaseCount, store.State.Leases.LessorTerm));
        Assert.Equal(0, fixture.Store.State.Cuts);
    }

    [Fact]
    public async Task A_changed_shortened_or_foreign_file_is_refused_with_the_reason()
    {
        var fixture = Filled(100);
        var bytes = ReadAll(fixture, fixture.Do(s => s.OpenBackupAsync()));
        var random = new Random(5);
        for (var round = 0; round < 300; round++)
        {
            var changed = random.Next(2) == 0 ? bytes[..random.Next(bytes.Length)] : (byte[])bytes.Clone();
            if (changed.Length == bytes.Length)
                changed[random.Next(changed.Length)] ^= (byte)random.Next(1, 256);
            await Assert.ThrowsAsync<MalformedInputException>(() => BackupFile.OpenAsync(new MemoryStream(changed)).AsTask());
        }

        var bolt = new byte[1024];
        BitConverter.TryWriteBytes(bolt.AsSpan(16), 0xED0CDAED);
        await RefusedAsync("etcd's own", bolt);
        await RefusedAsync("does not begin with QBAK", new byte[1024]);
        await RefusedAsync("cut off, or something was added", [.. bytes, 0]);
        await RefusedAsync("not even a header", []);
        bytes[600] ^= 1;
        await RefusedAsync("checksum is wrong", bytes);

        static async Task RefusedAsync(string reason, byte[] file) => Assert.Contains(
            reason, (await Assert.ThrowsAsync<MalformedInputException>(() => BackupFile.OpenAsync(new MemoryStream(file)).AsTask())).Message);
    }

    [Fact]
    public void A_reader_that_stalls_or_goes_loses_the_backup_and_memory_is_freed()
    {
        var fixture = Filled(20_000);
        var stalled = fixture.Do(s => s.OpenBackupAsync());
        Assert.Equal(1, fixture.Store.State.Cuts);
        fixture.Machine.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(0, fixture.Store.State.Cuts);
        Assert.Equal(CoordinationError.Timeout, Assert.Throws<CoordinationException>(() => ReadAll(fixture, stalled)).Error);
        var gone = fixture.Do(s => s.OpenBackupAsync());
        fixture.Machine.Run(() => gone.DisposeAsync().AsTask());
        fixture.Machine.Settle();
        Assert.Equal(0, fixture.Store.State.Cuts);
    }

    [Fact]
    public void The_form_of_the_header()
    {
        var block = BackupFormat.Write(new BackupHeader(0x0102, 77, 1000));
        Assert.Equal(
            "5142414b" + "0100" + "0000" + "0201000000000000" + "4d00000000000000" + "e803000000000000" + "0babf0e8",
            Convert.ToHexStringLower(block.AsSpan(0, 36)));
        Assert.All(block[36..], b => Assert.Equal(0, b));
        Assert.Equal((512L + 1024 + 32, 24), (BackupFormat.TotalBytes(1000), BackupFormat.Padding(1000)));
    }

    private static CoordinationFixture Filled(int puts)
    {
        var fixture = new CoordinationFixture();
        fixture.Do(s => s.LeaseGrantAsync(9, 6_000));
        fixture.OnStrand(() =>
        {
            for (var i = 0; i < puts; i++)
                fixture.Store.Apply(100 + i, Quorate.Services.Coordination.Commands.CommandWriter.Put(Put($"k{i % 700}", $"value {i}", 9)));
        });
        return fixture;
    }

    private static byte[] ReadAll(CoordinationFixture fixture, IBackup backup)
    {
        var all = new MemoryStream();
        fixture.Machine.Run(async () =>
        {
            while (await backup.ReadAsync() is { } piece)
                all.Write(piece.Span);
        });
        return all.ToArray();
    }
}
