using Quorate.Kernel.Machines;
using Quorate.Runtime.Disk;
using Quorate.Runtime.Machines;

namespace Quorate.Tests.Runtime.Disk;

public sealed class RealDiskTests : IAsyncDisposable
{
    private readonly string folder = Path.Combine(Directory.CreateTempSubdirectory("quorate-disk-").FullName, "data");
    private readonly RealMachine machine;

    public RealDiskTests() => machine = New(folder);

    public async ValueTask DisposeAsync()
    {
        await machine.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(folder)!, recursive: true);
    }

    [Fact]
    public async Task A_second_machine_on_the_same_folder_gets_a_clear_error()
    {
        var refusal = Assert.Throws<IOException>(() => New(folder));
        Assert.Contains(folder, refusal.Message);
        Assert.Contains($"process {Environment.ProcessId}", refusal.Message);
        await machine.DisposeAsync();
        await using var next = New(folder);
        Assert.Empty(await next.Disk.ListAsync(""));
    }

    [Fact]
    public async Task A_strand_that_goes_on_after_a_sync_does_not_hold_up_the_next_write()
    {
        await using var file = await machine.Disk.OpenAsync("busy", OpenMode.CreateNew);
        var strand = machine.CreateStrand("waits");
        using var written = new ManualResetEventSlim();
        for (var round = 0; round < 100; round++)
        {
            written.Reset();
            var synced = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var blocked = strand.InvokeAsync(async () =>
            {
                await file.WriteAndSyncAsync(0, new byte[512]);
                synced.SetResult();
                Assert.True(written.Wait(TimeSpan.FromSeconds(30)));
            });
            await synced.Task;
            await file.WriteAndSyncAsync(512, new byte[512]);
            written.Set();
            await blocked;
        }
    }

    [Fact]
    public async Task The_lock_file_is_out_of_reach()
    {
        Assert.True(File.Exists(Path.Combine(folder, DataPaths.LockName)));
        await Assert.ThrowsAsync<ArgumentException>(async () => await machine.Disk.DeleteAsync(DataPaths.LockName));
        await Assert.ThrowsAsync<ArgumentException>(async () => await machine.Disk.RenameAsync("x", DataPaths.LockName));
    }

    [Fact]
    public async Task Only_the_owner_may_read_files_and_folders()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such file modes");
            return;
        }

        await machine.Disk.CreateDirectoryAsync("d");
        await using var file = await machine.Disk.OpenAsync("d/f", OpenMode.CreateNew);
        const UnixFileMode ownerReadsAndWrites = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(ownerReadsAndWrites, File.GetUnixFileMode(Path.Combine(folder, "d/f")));
        Assert.Equal(ownerReadsAndWrites | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(folder, "d")));
        Assert.Equal(ownerReadsAndWrites | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        Assert.Equal(ownerReadsAndWrites, File.GetUnixFileMode(Path.Combine(folder, DataPaths.LockName)));
    }

    [Fact]
    public async Task A_device_without_room_is_a_full_disk()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full");
        File.CreateSymbolicLink(Path.Combine(folder, "full"), "/dev/full");
        await using var file = await machine.Disk.OpenAsync("full", OpenMode.Existing);
        var error = await Assert.ThrowsAsync<DiskFullException>(async () => await file.WriteAsync(0, new byte[10]));
        Assert.Contains("full", error.Message);
        await Assert.ThrowsAsync<DiskFullException>(async () => await file.WriteAndSyncAsync(0, new byte[10]));
    }

    [Fact]
    public async Task After_a_failed_sync_no_later_sync_claims_success()
    {
        Assert.SkipUnless(File.Exists("/dev/null"), "there is no /dev/null");
        File.CreateSymbolicLink(Path.Combine(folder, "null"), "/dev/null");
        await using var file = await machine.Disk.OpenAsync("null", OpenMode.Existing);
        var first = await Assert.ThrowsAnyAsync<IOException>(async () => await file.SyncAsync());
        var second = await Assert.ThrowsAnyAsync<IOException>(async () => await file.SyncAsync());
        Assert.Contains("earlier sync", second.Message);
        Assert.Same(first, second.InnerException);
    }

    [Fact]
    public async Task A_failed_machine_writes_nothing_more()
    {
        var failing = new RealMachine(new RealMachineOptions { Name = "f", DataFolder = folder + "2", OnFail = _ => { } });
        await using var file = await failing.Disk.OpenAsync("f", OpenMode.CreateNew);
        failing.Fail(new InvalidOperationException("test"));
        await Assert.ThrowsAsync<IOException>(async () => await file.WriteAsync(0, new byte[1]));
        await Assert.ThrowsAsync<IOException>(async () => await file.WriteAndSyncAsync(0, new byte[1]));
        await Assert.ThrowsAsync<IOException>(async () => await failing.Disk.DeleteAsync("f"));
        Assert.Equal(0, file.Length);
        await failing.DisposeAsync();
    }

    [Fact]
    public async Task A_closed_file_refuses_and_waits_for_what_is_under_way()
    {
        var file = await machine.Disk.OpenAsync("f", OpenMode.CreateNew);
        var writes = Enumerable.Range(0, 50).Select(i => file.WriteAndSyncAsync(i, new byte[1]).AsTask()).ToArray();
        await file.DisposeAsync();
        await Task.WhenAll(writes);
        await file.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await file.SyncAsync());
    }

    [Fact]
    public async Task Files_beyond_the_threads_of_the_disk_work_all_the_same()
    {
        var files = new List<IFile>();
        for (var i = 0; i < 8; i++)
            files.Add(await machine.Disk.OpenAsync($"f{i}", OpenMode.CreateNew));
        for (var round = 0; round < 12; round++)
            await Task.WhenAll(files.Select(f => f.WriteAndSyncAsync(round, new byte[] { 1 }).AsTask()));
        foreach (var file in files)
        {
            Assert.Equal(12, file.Length);
            await file.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("a//b")]
    [InlineData("./a")]
    [InlineData("a/.")]
    [InlineData("a/")]
    [InlineData("a\\b")]
    [InlineData("a\0b")]
    public async Task Odd_paths_are_refused(string path) =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await machine.Disk.ExistsAsync(path));

    private static RealMachine New(string folder) => new(new RealMachineOptions { Name = "m", DataFolder = folder });
}
