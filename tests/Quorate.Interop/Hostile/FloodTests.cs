using Shared.Hostile;

namespace Quorate.Interop.Hostile;

/// <summary>The misuses of HTTP/2 against a process of its own: it takes bounded memory, tells of no exception, and serves.</summary>
[Trait("Speed", "Slow")]
public sealed class FloodTests
{
    private const long PeakBytesMax = 768L << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_node_outlives_hostile_clients()
    {
        var (seeds, much) = BoundedNode.IsFull ? (100, 50_000) : (1, 2000);
        await using var node = await BoundedNode.StartAsync();
        await node.ServeAsync("before");
        for (var seed = 1; seed <= seeds; seed++)
        {
            // All at once: what each holds adds up.
            await Task.WhenAll(FrameAttack.All.Select(async attack =>
            {
                await using var wire = await Http2Wire.ConnectAsync(node.Port, attack.Reads);
                try
                {
                    await attack.RunAsync(wire, new Random(seed), much).WaitAsync(Patience);
                }
                catch (Exception e) when (Http2Wire.IsEnd(e) || e is TimeoutException)
                {
                    // It was ended, or is made to wait.
                }
            }));
            await node.ServeAsync($"after {seed}");
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{seeds} rounds of {FrameAttack.All.Count} attacks: at most {node.PeakBytes >> 20} MiB");
        Assert.InRange(node.PeakBytes, 1, PeakBytesMax);
        Assert.DoesNotContain("Exception", node.Told, StringComparison.Ordinal);
    }
}
