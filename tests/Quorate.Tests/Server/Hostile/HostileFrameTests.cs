using System.Text;
using Google.Protobuf;
using Quorate.Kernel.Machines;
using Quorate.Server.Etcd;
using Quorate.Tests.Server.Etcd;
using Quorate.Tests.Server.Grpc;
using Shared.Hostile;
using Wire = Quorate.Client.Wire;

namespace Quorate.Tests.Server.Hostile;

/// <summary>
/// Clients that misuse HTTP/2, each in the way that its name says: its connection ends with the protocol's own error or stays usable, nothing
/// hangs, and a client beside it is served.
/// </summary>
public sealed class HostileFrameTests : IAsyncLifetime
{
    private const int Much = 5000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private EtcdEndpoint endpoint = null!;
    private RawGrpcClient healthy = null!;

    public static TheoryData<string> Attacks => [.. FrameAttack.All.Select(attack => attack.Name)];

    // By hand more: QUORATE_HOSTILE_SEEDS=1000.
    private static int Seeds => int.TryParse(Environment.GetEnvironmentVariable("QUORATE_HOSTILE_SEEDS"), out var seeds) ? seeds : 2;

    public async ValueTask InitializeAsync()
    {
        endpoint = await EtcdEndpoint.StartAsync(
            new OpenAccess(new InMemoryCoordination()), new EtcdEndpointOptions { Listen = new NetworkAddress("127.0.0.1", 0) });
        healthy = new RawGrpcClient(new Uri($"http://{endpoint.Local}"));
    }

    public ValueTask DisposeAsync()
    {
        healthy.Dispose();
        return endpoint.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task A_hostile_client_harms_only_itself(string name)
    {
        var attack = FrameAttack.All.Single(a => a.Name == name);
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var state = await AttackAsync(attack, new Random(seed));
            Assert.True(attack.Allowed.Contains(state), $"{name}, seed {seed}: {state}");
            await BeServedAsync($"k{seed}");
        }

        await WaitForCallsAsync(0);
    }

    private async Task<string> AttackAsync(FrameAttack attack, Random random)
    {
        await using var wire = await Http2Wire.ConnectAsync(endpoint.Local.Port, attack.Reads);
        try
        {
            await attack.RunAsync(wire, random, Much).WaitAsync(Patience);
        }
        catch (Exception e) when (Http2Wire.IsEnd(e))
        {
            // The server has ended it.
        }
        catch (TimeoutException)
        {
            // The server takes nothing more until its answers are taken.
        }

        await BeServedAsync("meanwhile");
        if (!attack.Reads)
            wire.Read();
        return await wire.StateAsync(attack.Allowed.Contains("silent") ? TimeSpan.FromSeconds(1) : Patience);
    }

    private async Task BeServedAsync(string key)
    {
        var put = new Wire.PutRequest { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFrom("v", Encoding.ASCII) };
        Assert.Equal("0", (await healthy.CallAsync("/etcdserverpb.KV/Put", put.ToByteArray()).WaitAsync(Patience)).Status);
    }

    private async Task WaitForCallsAsync(int calls)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (endpoint.Gate.Calls != calls || endpoint.Gate.Bytes != 0)
            await Task.Delay(20, limit.Token);
    }
}
