using Quorate.Interop.Processes;
using Quorate.Tests.Server.Grpc;

namespace Quorate.Interop.Hostile;

/// <summary>One node in a process of its own, with bounds that a test can reach.</summary>
internal sealed class BoundedNode : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly QuorateProcess process;

    private BoundedNode(string[] flags)
    {
        Port = FreePorts.Row(1);
        process = QuorateProcess.Start(folder.Path, ["up", "--nodes", "1", "--etcd", $"{Port}", "--peer", $"{FreePorts.Row(1)}", "--log", "warning", .. flags]);
        Client = NewClient();
    }

    /// <summary>Whether the tests are run by hand at full size: QUORATE_HOSTILE_FULL=1.</summary>
    public static bool IsFull => Environment.GetEnvironmentVariable("QUORATE_HOSTILE_FULL") == "1";

    public int Port { get; }

    public RawGrpcClient Client { get; }

    /// <summary>What the node wrote about itself.</summary>
    public string Told => process.Errors;

    public long PeakBytes => process.PeakBytes;

    public static async Task<BoundedNode> StartAsync(params string[] flags)
    {
        var node = new BoundedNode(flags);
        await node.process.WaitForLineAsync("ready");
        return node;
    }

    public RawGrpcClient NewClient() => new(new Uri($"http://127.0.0.1:{Port}"));

    /// <summary>Writes a figure of a run by hand: the memory that each of many things took.</summary>
    public void Tell(string what, int count, long before) => TestContext.Current.TestOutputHelper!.WriteLine(
        $"{count} {what}: {process.WorkingBytes >> 20} MiB, before {before >> 20} MiB: {(process.WorkingBytes - before) / count} bytes each");

    /// <summary>The memory that it takes, once it has served for a moment.</summary>
    public async Task<long> WorkingBytesAsync()
    {
        await ServeAsync("warm");
        return process.WorkingBytes;
    }

    /// <summary>Puts a key; the node must answer.</summary>
    public async Task ServeAsync(string key) =>
        Assert.Equal("0", (await Client.CallAsync("/etcdserverpb.KV/Put", Shared.Fields.MessageText.Read($"1=\"{key}\" 2=\"v\""))).Status);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await process.DisposeAsync();
        folder.Dispose();
    }
}
