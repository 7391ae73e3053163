using Quorate.Kernel.Machines;
using Quorate.Services.Recipes.Providers;
using Quorate.Tests.Services.Coordination;
using Shared.Recipes;

namespace Quorate.Tests.Services.Recipes;

/// <summary>Three replicas in the simulator, and a machine for the clients, which call a follower.</summary>
internal sealed class SimulatedRecipeWorld : IRecipeWorld
{
    private readonly ReplicatedCoordination cluster = new(1);

    public Task RunAsync(Func<IMachine, ICoordinationProvider, Task> body)
    {
        Task? running = null;
        var provider = new EmbeddedProvider(cluster.Follower.Service!);
        cluster.World.AddClient("app", (machine, _) => running = GuardAsync(() => body(machine, provider)));
        cluster.World.Run(TimeSpan.Zero);
        Assert.True(cluster.World.RunUntil(() => running!.IsCompleted, TimeSpan.FromMinutes(5)), "the body takes longer than five minutes of virtual time");
        return ((Task<Exception?>)running!).Result is { } failure ? Task.FromException(failure) : Task.CompletedTask;
    }

    public async Task CompactAsync(long revision) => await cluster.Follower.Service!.CompactAsync(revision, physical: true);

    public ValueTask DisposeAsync()
    {
        cluster.Dispose();
        return default;
    }

    // What a test asserts is the test's failure, not the machine's.
    private static async Task<Exception?> GuardAsync(Func<Task> body)
    {
        try
        {
            await body();
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }
}
