using Google.Protobuf;
using Quorate.Hosting.Nodes;
using Quorate.Kernel.Machines;
using Quorate.Protocols.Raft;
using Quorate.Server.Etcd;
using Quorate.Tests.Server.Grpc;

namespace Quorate.Tests.Server.Etcd;

/// <summary>A whole node of a cluster of one, served over real HTTP/2 on loopback. Each test has keys of its own.</summary>
public sealed class ServedNode : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("quorate-etcd");
    private EtcdEndpoint endpoint = null!;

    public QuorateNode Node { get; private set; } = null!;

    public Uri Address => new($"http://{endpoint.Local}");

    public RawGrpcClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var peer = new NetworkAddress("127.0.0.1", FreePort());
        Node = await QuorateNode.StartAsync(new NodeOptions
        {
            Name = "n1",
            Listen = peer,
            Members = [new NodeMember("n1", peer)],
            DataFolder = folder.FullName,
            Raft = RaftOptions.Lan with { ElectionTimeout = TimeSpan.FromMilliseconds(150), HeartbeatInterval = TimeSpan.FromMilliseconds(30) },
        });
        await Node.WaitForLeaderAsync();
        endpoint = await EtcdEndpoint.StartAsync(
            Node.Clients, new EtcdEndpointOptions { Listen = new NetworkAddress("127.0.0.1", 0) });
        Client = new RawGrpcClient(Address);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await endpoint.DisposeAsync();
        await Node.DisposeAsync();
        folder.Delete(recursive: true);
    }

    /// <summary>Makes a call that must succeed.</summary>
    internal async Task<T> DoAsync<T>(string method, IMessage request, MessageParser<T> parser)
        where T : IMessage<T>
    {
        var answer = await Client.CallAsync(method, request.ToByteArray());
        Assert.Equal(("0", null), (answer.Status, answer.Message));
        return parser.ParseFrom(answer.Single);
    }

    /// <summary>Makes a call that must fail.</summary>
    internal async Task<(string? Status, string? Message)> FailAsync(string method, IMessage request)
    {
        var answer = await Client.CallAsync(method, request.ToByteArray());
        return (answer.Status, answer.Message);
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
