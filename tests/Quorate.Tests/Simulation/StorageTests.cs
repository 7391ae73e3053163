using Quorate.Kernel.Machines;
using Quorate.Simulation;
using Quorate.Simulation.Disks;
using Quorate.Simulation.Faults;
using Quorate.Tests.Storage.Logs;
using Quorate.Tests.Storage.Snapshots;

namespace Quorate.Tests.Simulation;

/// <summary>The log and the snapshots of Quorate.Storage on a simulated machine whose disk fails in every way that it knows.</summary>
public sealed class StorageTests
{
    private const FaultKind DiskKinds = FaultKind.SlowDisk | FaultKind.FullDisk | FaultKind.DiskErrors | FaultKind.FailedSyncs;

    private static readonly FaultPlan Faults = new()
    {
        Kinds = FaultKind.Crash | DiskKinds,
        IntervalMin = TimeSpan.FromMilliseconds(10),
        IntervalMax = TimeSpan.FromMilliseconds(800),
        DurationMin = TimeSpan.FromMilliseconds(5),
        DurationMax = TimeSpan.FromMilliseconds(600),
    };

    [Fact]
    [Trait("Speed", "Slow")]
    public void Nothing_acknowledged_is_lost_by_crashes_and_failures_of_the_disk()
    {
        var (boots, selfStops, records, snapshots) = (0, 0, 0L, 0L);
        for (var seed = 0UL; seed < 8; seed++)
        {
            var (log, store) = (new LogWorkload(new Random((int)seed)), new SnapshotWorkload(new Random(~(int)seed)));
            using var world = new World(seed, new WorldOptions { Disk = new DiskOptions { CapacityBytes = 16 << 20 } });
            var machine = world.AddMachine("m", (m, ct) => LiveAsync(m, log, store, ct));
            world.Inject(Faults);
            world.Run(TimeSpan.FromSeconds(15));
            world.Heal();
            var (recordsBefore, snapshotsBefore) = (log.Acknowledged, store.Acknowledged);
            world.Run(TimeSpan.FromSeconds(3));
            Assert.True(log.Acknowledged > recordsBefore, $"seed {seed}: the log does not go on after the heal");
            Assert.True(store.Acknowledged > snapshotsBefore, $"seed {seed}: the snapshots do not go on after the heal");
            boots += machine.Boots;
            selfStops += machine.SelfStops;
            records += log.Acknowledged;
            snapshots += store.Acknowledged;
        }

        // The faults did bite, and work was done between them.
        Assert.InRange(boots, 60, 10_000);
        Assert.InRange(selfStops, 20, 10_000);
        Assert.True(records > 2_000 && snapshots > 100, $"{records} records and {snapshots} snapshots");
    }

    private static async Task LiveAsync(IMachine machine, LogWorkload log, SnapshotWorkload store, CancellationToken stop)
    {
        await store.OpenAsync(machine.Disk);
        await log.OpenAsync(machine.Disk);
        while (!stop.IsCancellationRequested)
        {
            await log.RunAsync(20);
            await store.RunAsync();
            await machine.Clock.Delay(TimeSpan.FromMilliseconds(20), stop);
        }
    }
}
