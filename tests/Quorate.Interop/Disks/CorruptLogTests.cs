using Quorate.Interop.Clients;
using Quorate.Interop.Clusters;

namespace Quorate.Interop.Disks;

/// <summary>Three processes, one of which finds another byte in its log than it wrote.</summary>
public sealed class CorruptLogTests
{
    private const int Puts = 60;

    [Fact]
    public async Task A_corrupt_log_is_told_with_file_and_offset_and_the_other_nodes_serve_on()
    {
        await using var cluster = new NodeCluster();
        await cluster.StartAllAsync();
        await PutAsync(cluster, 0, "before");
        Assert.Equal(0, await cluster.Process(2).StopAsync());
        var segment = Directory.GetFiles(Path.Combine(cluster.Data(2), "wal"), "*.wal").Order().First();
        var flipped = FlipInTheMiddle(segment);

        var broken = cluster.Launch(2);
        Assert.Equal(1, await broken.ExitCodeAsync());
        var line = broken.Errors.Trim();
        Assert.DoesNotContain('\n', line);
        Assert.Contains($"wal/{Path.GetFileName(segment)} is corrupt at offset", line);
        Assert.InRange(OffsetIn(line), 0, flipped);

        await PutAsync(cluster, 1, "after");
        using var client = cluster.Client(0, TimeSpan.FromSeconds(20));
        Assert.Equal("before", await client.GetAsync("before/0"));
        Assert.Equal("after", await client.GetAsync("after/0"));
    }

    private static async Task PutAsync(NodeCluster cluster, int node, string value)
    {
        using var client = cluster.Client(node, TimeSpan.FromSeconds(20));
        for (var i = 0; i < Puts; i++)
            await client.PutAsync($"{value}/{i}", value);
    }

    // Batches are padded with zeros that nothing depends on, so the byte is one that is not zero.
    private static long FlipInTheMiddle(string file)
    {
        var bytes = File.ReadAllBytes(file);
        var middle = Array.FindLastIndex(bytes, b => b != 0) / 2;
        var at = Array.FindIndex(bytes, middle, b => b != 0);
        bytes[at] ^= 0x10;
        File.WriteAllBytes(file, bytes);
        return at;
    }

    private static long OffsetIn(string line) => long.Parse(line.Split("at offset ")[1].Split(':')[0]);
}
