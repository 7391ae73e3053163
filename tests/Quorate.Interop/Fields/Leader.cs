using Quorate.Interop.Clients;

namespace Quorate.Interop.Fields;

/// <summary>Finds the node that leads.</summary>
internal static class Leader
{
    public static async Task<string> OfAsync(IEnumerable<string> nodes)
    {
        foreach (var node in nodes)
        {
            using var client = new GrpcClient($"http://{node}", TimeSpan.FromSeconds(20));
            var status = await client.CallAsync("/etcdserverpb.Maintenance/Status", []);
            if (Protobuf.Number(Protobuf.Field(status, 1)!, 2) == Protobuf.Number(status, 4))
                return node;
        }

        throw new InvalidOperationException("no node leads");
    }
}
