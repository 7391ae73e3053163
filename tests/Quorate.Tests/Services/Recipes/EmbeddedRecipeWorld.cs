using Quorate.Hosting.Nodes;
using Quorate.Kernel.Machines;
using Quorate.Runtime.Machines;
using Quorate.Services.Recipes.Providers;
using Shared.Recipes;

namespace Quorate.Tests.Services.Recipes;

/// <summary>A node of one on the real machine, with its files in a temporary folder.</summary>
internal sealed class EmbeddedRecipeWorld : IRecipeWorld
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("quorate-recipes-");
    private readonly RealMachine machine = new(new RealMachineOptions { Name = "app" });
    private QuorateNode? node;

    public async Task RunAsync(Func<IMachine, ICoordinationProvider, Task> body)
    {
        var address = new NetworkAddress("127.0.0.1", FreePorts.Some(1)[0]);
        node = await QuorateNode.StartAsync(new NodeOptions
        {
            Name = "n1",
            Listen = address,
            Members = [new NodeMember("n1", address)],
            DataFolder = folder.FullName,
        });
        await node.WaitForLeaderAsync();
        await body(machine, new EmbeddedProvider(node.Coordination)).WaitAsync(Patience);
    }

    public async Task CompactAsync(long revision) => await node!.Coordination.CompactAsync(revision, physical: true);

    public async ValueTask DisposeAsync()
    {
        if (node is not null)
            await node.DisposeAsync();
        await machine.DisposeAsync();
        folder.Delete(recursive: true);
    }
}
