using Quorate.Kernel.Machines;
using Quorate.Storage.Logs;
using Quorate.Tests.Storage.Disks;

namespace Quorate.Tests.Storage.Logs;

public sealed class WriteAheadLogCrashTests
{
    [Fact]
    [Trait("Speed", "Slow")]
    public void A_crash_at_every_operation_loses_nothing_that_was_acknowledged()
    {
        var operations = Count();
        Assert.True(operations > 100);
        for (var crashAt = 1; crashAt <= operations; crashAt++)
        {
            for (var seed = 0; seed < 3; seed++)
                LiveAndCrash(new Random(1), new Random(seed * 7919 + crashAt), lives: 3, crashAt);
        }
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Hundreds_of_lives_that_all_end_in_a_crash_lose_nothing_that_was_acknowledged()
    {
        for (var seed = 0; seed < 60; seed++)
            LiveAndCrash(new Random(seed), new Random(~seed), lives: 12, crashAt: null);
    }

    [Fact]
    public void A_kill_keeps_what_was_written_and_the_open_makes_it_durable()
    {
        var disk = new FaultyDisk();
        var written = new List<string>();
        Pump.Run(async () =>
        {
            var log = await WriteAheadLog.OpenAsync(disk, LogWorkload.Options, (_, _) => { });
            log.Append("first"u8);
            await log.CommitAsync();
            log.Append("second"u8);
            disk.Fault = (operation, _) => operation == "sync" ? new CrashedException() : null;
            await Assert.ThrowsAsync<PoisonedLogException>(async () => await log.CommitAsync());

            var killed = disk.AfterKill();
            await WriteAheadLog.OpenAsync(killed, LogWorkload.Options, (_, record) => written.Add(Text(record)));
            Assert.Equal(["first", "second"], written);

            // The node may have acted on the second record: no power cut takes it away any more.
            for (var seed = 0; seed < 50; seed++)
            {
                written.Clear();
                var cut = killed.AfterCrash(new Random(seed));
                await WriteAheadLog.OpenAsync(cut, LogWorkload.Options, (_, record) => written.Add(Text(record)));
                Assert.Equal(["first", "second"], written);
            }
        });
    }

    private static string Text(ReadOnlyMemory<byte> record) => System.Text.Encoding.UTF8.GetString(record.Span);

    private static int Count()
    {
        var disk = new FaultyDisk { Yields = true };
        var workload = new LogWorkload(new Random(1));
        var order = new Random(1);
        Pump.Run(
            async () =>
            {
                await workload.OpenAsync(disk);
                await workload.RunAsync(120);
            },
            order);
        return disk.Operations;
    }

    private static void LiveAndCrash(Random work, Random fate, int lives, int? crashAt)
    {
        var workload = new LogWorkload(work);
        var disk = new FaultyDisk { Yields = true };
        for (var life = 0; life < lives; life++)
        {
            disk.CrashAt = life == 0 && crashAt is { } at ? at : fate.Next(1, 200);
            Pump.Run(() => LiveAsync(workload, disk, fate.Next(4) == 0), fate);
            disk = disk.AfterCrash(fate);
        }

        Pump.Run(() => workload.OpenAsync(disk), fate);
    }

    private static async Task LiveAsync(LogWorkload workload, FaultyDisk disk, bool dispose)
    {
        try
        {
            await workload.OpenAsync(disk);
            await workload.RunAsync(120);
            if (dispose)
                await workload.Log!.DisposeAsync();
        }
        catch (Exception e) when (disk.Crashed && e is CrashedException or PoisonedLogException)
        {
            // The machine is gone.
        }
    }
}
