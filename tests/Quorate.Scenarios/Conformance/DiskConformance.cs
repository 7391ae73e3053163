using Quorate.Kernel.Machines;

namespace Quorate.Scenarios.Conformance;

/// <summary>What <see cref="IDisk"/> promises about names.</summary>
public abstract class DiskConformance : ConformanceBody
{
    [Fact]
    public Task A_new_disk_holds_no_files() => In(async world => Assert.Empty(await world.Machine("a").Disk.ListAsync("")));

    [Fact]
    public Task A_missing_file_cannot_be_opened_as_existing() => In(async world =>
    {
        var disk = world.Machine("a").Disk;
        await Assert.ThrowsAsync<FileNotFoundException>(async () => await disk.OpenAsync("none", OpenMode.Existing));
        await Assert.ThrowsAsync<FileNotFoundException>(async () => await disk.OpenAsync("no/such/folder", OpenMode.Existing));
        Assert.False(await disk.ExistsAsync("none"));
    });

    [Fact]
    public Task A_file_that_is_there_cannot_be_created_anew() => In(async world =>
    {
        var disk = world.Machine("a").Disk;
        await MakeAsync(disk, "one", 1);
        await Assert.ThrowsAnyAsync<IOException>(async () => await disk.OpenAsync("one", OpenMode.CreateNew));
        await using var again = await disk.OpenAsync("one", OpenMode.OpenOrCreate);
        Assert.Equal(1, again.Length);
        Assert.Equal("one", again.Path);
    });

    [Fact]
    public Task A_file_in_a_missing_directory_cannot_be_created() => In(async world =>
        await Assert.ThrowsAnyAsync<IOException>(async () => await world.Machine("a").Disk.OpenAsync("no/file", OpenMode.CreateNew)));

    [Theory]
    [InlineData("..")]
    [InlineData("../x")]
    [InlineData("a/../x")]
    [InlineData("a/../../x")]
    [InlineData("a/..")]
    [InlineData("/x")]
    [InlineData("/")]
    public Task A_path_that_leaves_the_data_folder_is_refused(string path) => In(async world =>
    {
        var disk = world.Machine("a").Disk;
        await disk.CreateDirectoryAsync("a");
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await disk.OpenAsync(path, OpenMode.OpenOrCreate));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await disk.ExistsAsync(path));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await disk.ListAsync(path));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await disk.CreateDirectoryAsync(path));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await disk.DeleteAsync(path));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await disk.RenameAsync("x", path));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await disk.RenameAsync(path, "x"));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await disk.SyncDirectoryAsync(path));
    });

    [Fact]
    public Task A_list_names_the_files_of_one_directory_in_ordinal_order() => In(async world =>
    {
        var disk = world.Machine("a").Disk;
        await disk.CreateDirectoryAsync("d/deeper");
        foreach (var name in new[] { "b", "a", "B", "a10", "a2", "_", "é" })
            await MakeAsync(disk, $"d/{name}", 1);
        await MakeAsync(disk, "d/deeper/file", 1);
        await MakeAsync(disk, "outside", 1);
        Assert.Equal(["B", "_", "a", "a10", "a2", "b", "é"], await disk.ListAsync("d"));
        Assert.Equal(["outside"], await disk.ListAsync(""));
        Assert.Equal(["file"], await disk.ListAsync("d/deeper"));
        Assert.Empty(await disk.ListAsync("none"));
    });

    [Fact]
    public Task Creating_a_directory_twice_keeps_what_is_in_it() => In(async world =>
    {
        var disk = world.Machine("a").Disk;
        await disk.CreateDirectoryAsync("x/y/z");
        await MakeAsync(disk, "x/y/z/file", 3);
        await disk.CreateDirectoryAsync("x/y/z");
        await disk.CreateDirectoryAsync("");
        Assert.Equal(["file"], await disk.ListAsync("x/y/z"));
        Assert.False(await disk.ExistsAsync("x/y"));
        Assert.True(await disk.ExistsAsync("x/y/z/file"));
    });

    [Fact]
    public Task A_rename_replaces_the_file_of_the_new_name() => In(async world =>
    {
        var disk = world.Machine("a").Disk;
        await disk.CreateDirectoryAsync("d");
        await MakeAsync(disk, "new", 5);
        await MakeAsync(disk, "d/old", 2);
        await disk.RenameAsync("new", "d/old");
        await disk.SyncDirectoryAsync("");
        await disk.SyncDirectoryAsync("d");
        Assert.Empty(await disk.ListAsync(""));
        await using var file = await disk.OpenAsync("d/old", OpenMode.Existing);
        Assert.Equal(5, file.Length);
        await Assert.ThrowsAnyAsync<IOException>(async () => await disk.RenameAsync("none", "other"));
    });

    [Fact]
    public Task Deleting_removes_a_file_and_is_silent_where_there_is_none() => In(async world =>
    {
        var disk = world.Machine("a").Disk;
        await MakeAsync(disk, "one", 1);
        await disk.DeleteAsync("one");
        await disk.DeleteAsync("one");
        await disk.DeleteAsync("no/such");
        Assert.False(await disk.ExistsAsync("one"));
        Assert.Empty(await disk.ListAsync(""));
    });

    [Fact]
    public Task Two_machines_do_not_see_each_others_files() => In(async world =>
    {
        await MakeAsync(world.Machine("a").Disk, "mine", 1);
        Assert.Empty(await world.Machine("b").Disk.ListAsync(""));
    });

    [Fact]
    public Task Every_await_of_the_disk_comes_back_to_its_strand() => In(async world =>
    {
        var strand = Here;
        var disk = world.Machine("a").Disk;
        await disk.CreateDirectoryAsync("d");
        strand.AssertCurrent();
        await using var file = await disk.OpenAsync("d/f", OpenMode.CreateNew);
        strand.AssertCurrent();
        for (var i = 0; i < 20; i++)
        {
            await file.WriteAsync(i, new byte[] { 1 });
            strand.AssertCurrent();
            await file.SyncAsync();
            strand.AssertCurrent();
            await file.WriteAndSyncAsync(i, new byte[] { 2 });
            strand.AssertCurrent();
            await file.ReadAsync(0, new byte[1]);
            strand.AssertCurrent();
        }

        await disk.SyncDirectoryAsync("d");
        strand.AssertCurrent();
        await disk.ListAsync("d");
        strand.AssertCurrent();
    });

    private static async Task MakeAsync(IDisk disk, string path, int bytes)
    {
        await using var file = await disk.OpenAsync(path, OpenMode.CreateNew);
        await file.WriteAsync(0, new byte[bytes]);
    }
}
