using Quorate.Interop.Clients;
using Quorate.Interop.Clusters;

namespace Quorate.Interop.Disks;

/// <summary>Three processes on a disk that another program fills.</summary>
public sealed class FullDiskTests
{
    private const int DiskMebibytes = 96;
    private const int ValueBytes = 256 << 10;
    private const string ResourceExhausted = "8";
    private const string NoSpace = "etcdserver: mvcc: database space exceeded";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    private readonly List<string> acknowledged = [];
    private int puts;

    [Fact]
    public async Task A_full_disk_refuses_puts_loses_nothing_and_takes_puts_again_when_there_is_room()
    {
        using var disk = new SmallDisk(DiskMebibytes);
        Assert.SkipUnless(disk.WhyNot == "", disk.WhyNot);
        await using var cluster = new NodeCluster(new NodeClusterOptions { Data = disk.Path });
        await cluster.StartAllAsync();
        await PutUntilAsync(cluster, failure => failure is null);

        var filler = disk.Fill();
        var failure = await PutUntilAsync(cluster, failure => failure?.Status == ResourceExhausted);
        Assert.Equal($"{ResourceExhausted}: {NoSpace}", failure!.Message);
        if (Etcdctl.IsInstalled)
            Assert.Contains(NoSpace, await new Etcdctl(cluster.Nodes[0]).FailAsync("put", "full/x", "1"));

        File.Delete(filler);
        await PutUntilAsync(cluster, failure => failure is null);
        await AllAreThereAsync(cluster);

        // What was acknowledged is on the disk, not only in memory.
        for (var i = 0; i < NodeCluster.Size; i++)
            await cluster.KillAsync(i);
        await cluster.StartAllAsync();
        await AllAreThereAsync(cluster);
    }

    // Puts until an outcome is as wanted: null where it was acknowledged.
    private async Task<GrpcFailure?> PutUntilAsync(NodeCluster cluster, Func<GrpcFailure?, bool> wanted)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            var outcome = await PutAsync(cluster);
            if (wanted(outcome))
                return outcome;
            await Task.Delay(100, limit.Token);
        }
    }

    private async Task<GrpcFailure?> PutAsync(NodeCluster cluster)
    {
        using var client = cluster.Client(0, TimeSpan.FromSeconds(20));
        var key = $"full/{puts++}";
        try
        {
            await client.PutAsync(key, key.PadRight(ValueBytes));
            acknowledged.Add(key);
            return null;
        }
        catch (GrpcFailure e)
        {
            return e;
        }
    }

    private async Task AllAreThereAsync(NodeCluster cluster)
    {
        Assert.NotEmpty(acknowledged);
        using var client = cluster.Client(1, TimeSpan.FromSeconds(20));
        foreach (var key in acknowledged)
            Assert.Equal(key.PadRight(ValueBytes), await client.GetAsync(key));
    }
}
