using System.Net.Http.Json;
using Quorate.Client;
using Quorate.Client.Providers;
using Quorate.Kernel.Machines;
using Quorate.Runtime.Machines;
using Quorate.Services.Coordination;
using Quorate.Services.Recipes.Providers;
using Shared.Recipes;

namespace Quorate.Interop.Recipes;

/// <summary>A cluster of real processes, emptied first, and a client of it over the network.</summary>
internal sealed class RemoteRecipeWorld(IReadOnlyList<string> endpoints) : IRecipeWorld
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly RealMachine machine = new(new RealMachineOptions { Name = "app" });
    private readonly EtcdProvider provider = new(new EtcdClientOptions { Endpoints = endpoints });

    public async Task RunAsync(Func<IMachine, ICoordinationProvider, Task> body)
    {
        byte[] every = [0];
        await provider.TxnAsync(new TxnRequest([], [new DeleteRangeRequest(every, every)], []), default);
        await body(machine, provider).WaitAsync(Patience);
    }

    public async Task CompactAsync(long revision)
    {
        using var http = new HttpClient();
        var answer = await http.PostAsJsonAsync($"http://{endpoints[0]}/v3/kv/compaction", new { revision, physical = true });
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        await provider.DisposeAsync();
        await machine.DisposeAsync();
    }
}
