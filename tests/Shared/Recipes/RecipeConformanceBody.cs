using System.Text;
using Quorate.Kernel.Machines;
using Quorate.Services.Recipes;
using Quorate.Services.Recipes.Clients;
using Quorate.Services.Recipes.Providers;

namespace Shared.Recipes;

/// <summary>What the conformance tests share. A provider is right when all of them pass on it.</summary>
public abstract class RecipeConformanceBody
{
    protected static readonly RecipeOptions Short = new() { SessionTtl = TimeSpan.FromSeconds(2) };

    /// <summary>The clients' clock.</summary>
    protected TimeProvider Clock { get; private set; } = TimeProvider.System;

    /// <summary>The world of the test that runs.</summary>
    protected IRecipeWorld World { get; private set; } = null!;

    protected abstract IRecipeWorld NewWorld();

    /// <summary>Runs a body with as many clients as it asks for, each with a session of its own.</summary>
    protected async Task With(int clients, Func<CoordinationClient[], Task> body, RecipeOptions? options = null) =>
        await WithStore(async (machine, provider) =>
        {
            CoordinationClient[] made = [.. Enumerable.Range(0, clients).Select(_ => new CoordinationClient(machine, provider, options))];
            await body(made);
            foreach (var client in made)
                await client.DisposeAsync();
        });

    /// <summary>Runs a body with a bare store.</summary>
    protected async Task WithStore(Func<IMachine, ICoordinationProvider, Task> body)
    {
        await using var world = World = NewWorld();
        await world.RunAsync((machine, provider) =>
        {
            Clock = machine.Clock;
            return body(machine, provider);
        });
    }

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    /// <summary>Whether a task stays undone while everything else that can happen at once does.</summary>
    protected async Task<bool> StaysOpen(Task task)
    {
        for (var i = 0; i < 20 && !task.IsCompleted; i++)
            await Task.Delay(TimeSpan.FromMilliseconds(10), Clock);
        return !task.IsCompleted;
    }

    /// <summary>Waits until something holds.</summary>
    protected async Task UntilAsync(Func<bool> holds)
    {
        for (var i = 0; i < 1000 && !holds(); i++)
            await Task.Delay(TimeSpan.FromMilliseconds(20), Clock);
        Assert.True(holds());
    }
}
