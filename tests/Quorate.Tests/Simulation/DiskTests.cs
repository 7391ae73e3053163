using Quorate.Kernel.Machines;
using Quorate.Simulation;
using Quorate.Simulation.Disks;
using Quorate.Simulation.Machines;

namespace Quorate.Tests.Simulation;

[Trait("Speed", "Slow")]
public sealed class DiskTests
{
    [Fact]
    public void What_was_synced_survives_every_crash()
    {
        foreach (var crashed in AfterCrashes(50, async (disk, _) =>
        {
            await using var file = await disk.OpenAsync("a", OpenMode.CreateNew);
            await disk.SyncDirectoryAsync("");
            await file.WriteAsync(0, Filled(5000, 1));
            await file.SyncAsync();
            await file.WriteAndSyncAsync(5000, Filled(3000, 2));
            await file.WriteAsync(8000, Filled(3000, 3));
        }))
        {
            var bytes = crashed.ReadAllBytes("a")!;
            Assert.Equal(Filled(5000, 1), bytes[..5000]);
            Assert.Equal(Filled(3000, 2), bytes[5000..8000]);
        }
    }

    [Fact]
    public void An_unsynced_write_is_kept_or_lost_or_torn_between_sectors()
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var crashed in AfterCrashes(200, async (disk, _) =>
        {
            await using var file = await disk.OpenAsync("a", OpenMode.CreateNew);
            await file.WriteAsync(0, Filled(2048, 1));
            await file.SyncAsync();
            await disk.SyncDirectoryAsync("");
            await file.WriteAsync(0, Filled(2048, 2));
        }))
        {
            var sectors = crashed.ReadAllBytes("a")!.Chunk(512).ToList();
            Assert.Equal(4, sectors.Count);
            Assert.All(sectors, sector => Assert.Single(sector.Distinct()));
            var distinct = sectors.Select(s => s[0]).Distinct().Order().ToList();
            seen.Add(string.Join(',', distinct));
        }
        Assert.Equal(["1", "1,2", "2"], seen);
    }

    [Fact]
    public void Unsynced_writes_are_lost_independently_of_their_order()
    {
        var secondWithoutFirst = 0;
        foreach (var crashed in AfterCrashes(200, async (disk, _) =>
        {
            await using var file = await disk.OpenAsync("a", OpenMode.CreateNew);
            await disk.SyncDirectoryAsync("");
            await file.WriteAsync(0, Filled(512, 1));
            await file.WriteAsync(512, Filled(512, 2));
        }))
        {
            var bytes = crashed.ReadAllBytes("a")!;
            if (bytes.Length == 1024 && bytes[0] == 0 && bytes[1023] == 2)
                secondWithoutFirst++;
        }
        Assert.InRange(secondWithoutFirst, 5, 100);
    }

    [Fact]
    public void A_name_is_lost_without_a_directory_sync_and_kept_with_one()
    {
        var lost = 0;
        foreach (var crashed in AfterCrashes(60, async (disk, _) =>
        {
            await disk.CreateDirectoryAsync("d");
            await disk.SyncDirectoryAsync("");
            await using var kept = await disk.OpenAsync("d/kept", OpenMode.CreateNew);
            await disk.SyncDirectoryAsync("d");
            await using var maybe = await disk.OpenAsync("d/maybe", OpenMode.CreateNew);
            await maybe.WriteAndSyncAsync(0, Filled(10, 1));
        }))
        {
            Assert.NotNull(crashed.ReadAllBytes("d/kept"));
            lost += crashed.ReadAllBytes("d/maybe") is null ? 1 : 0;
        }
        Assert.InRange(lost, 10, 50);
    }

    [Fact]
    public void A_rename_is_atomic_at_every_crash()
    {
        var seen = new SortedSet<byte>();
        foreach (var crashed in AfterCrashes(60, async (disk, _) =>
        {
            await using var old = await disk.OpenAsync("name", OpenMode.CreateNew);
            await old.WriteAndSyncAsync(0, Filled(10, 1));
            await disk.SyncDirectoryAsync("");
            await using var young = await disk.OpenAsync("name.tmp", OpenMode.CreateNew);
            await young.WriteAndSyncAsync(0, Filled(10, 2));
            await disk.RenameAsync("name.tmp", "name");
        }))
        {
            var bytes = crashed.ReadAllBytes("name");
            Assert.Equal(10, bytes?.Length);
            seen.Add(bytes![0]);
        }
        Assert.Equal([1, 2], seen);
    }

    [Fact]
    public void A_failed_sync_may_lose_writes_and_a_second_sync_does_not_bring_them_back()
    {
        var lost = 0;
        foreach (var crashed in AfterCrashes(40, async (disk, knobs) =>
        {
            await using var file = await disk.OpenAsync("a", OpenMode.CreateNew);
            await disk.SyncDirectoryAsync("");
            await file.WriteAndSyncAsync(0, Filled(512, 1));
            await file.WriteAsync(0, Filled(512, 2));
            knobs.SyncFailureRate = 1;
            await Assert.ThrowsAsync<IOException>(async () => await file.SyncAsync());
            knobs.SyncFailureRate = 0;
            await file.WriteAsync(512, Filled(512, 3));
            await file.SyncAsync();
            var seen = new byte[1024];
            Assert.Equal(1024, await file.ReadAsync(0, seen));
            Assert.Equal(2, seen[0]);
        }))
        {
            var bytes = crashed.ReadAllBytes("a")!;
            Assert.Equal(3, bytes[600]);
            lost += bytes[0] == 1 ? 1 : 0;
        }
        Assert.InRange(lost, 15, 39);
    }

    [Fact]
    public void A_full_disk_says_so_and_keeps_what_it_has()
    {
        using var world = new World(4);
        Write(world, async disk =>
        {
            await using var file = await disk.OpenAsync("a", OpenMode.CreateNew);
            await file.WriteAndSyncAsync(0, Filled(1000, 1));
            world.Machines[0].Disk.CapacityBytes = 1500;
            await Assert.ThrowsAsync<DiskFullException>(async () => await file.WriteAsync(1000, Filled(1000, 2)));
            await Assert.ThrowsAsync<DiskFullException>(async () => await file.SetLengthAsync(2000));
            await file.WriteAsync(500, Filled(500, 3));
            var all = new byte[3000];
            Assert.InRange(await file.ReadAsync(0, all), 1000, 1500);
            Assert.Equal(1, all[499]);
            Assert.Equal(3, all[500]);
        });
    }

    [Fact]
    public void Paths_out_of_the_data_folder_are_refused()
    {
        using var world = new World(4);
        Write(world, async disk =>
        {
            foreach (var path in new[] { "../a", "/a", "a/../b", "a//b", "" })
                await Assert.ThrowsAsync<ArgumentException>(async () => await disk.OpenAsync(path, OpenMode.OpenOrCreate));
            await Assert.ThrowsAsync<FileNotFoundException>(async () => await disk.OpenAsync("a", OpenMode.Existing));
        });
    }

    [Fact]
    public void A_list_has_the_files_of_one_directory_in_ordinal_order()
    {
        using var world = new World(4);
        Write(world, async disk =>
        {
            await disk.CreateDirectoryAsync("d/e");
            foreach (var name in new[] { "d/b", "d/B", "d/a", "d/e/x", "top" })
                await using (await disk.OpenAsync(name, OpenMode.CreateNew)) { }
            Assert.Equal(["B", "a", "b"], await disk.ListAsync("d"));
            Assert.Equal(["top"], await disk.ListAsync(""));
            Assert.Empty(await disk.ListAsync("none"));
        });
    }

    private static byte[] Filled(int count, byte value) => Enumerable.Repeat(value, count).ToArray();

    /// <summary>What is durable when the power fails after some work, once for each of so many seeds.</summary>
    private static IEnumerable<SimulatedDisk> AfterCrashes(ulong seeds, Func<IDisk, SimulatedDisk, Task> body)
    {
        for (var seed = 0UL; seed < seeds; seed++)
        {
            using var world = new World(seed);
            var machine = Write(world, disk => body(disk, world.Machines[0].Disk));
            machine.Crash();
            yield return machine.Disk;
        }
    }

    private static SimulatedMachine Write(World world, Func<IDisk, Task> body)
    {
        var machine = world.AddMachine("m", (m, _) => body(m.Disk));
        Assert.True(world.RunUntil(() => machine.HasFinished, TimeSpan.FromMinutes(1)));
        return machine;
    }
}
