using Quorate.Kernel.Machines;
using Quorate.Services.Recipes.Providers;

namespace Shared.Recipes;

/// <summary>A store and a machine for its clients, in one of the worlds. The bodies of the conformance tests see nothing else.</summary>
public interface IRecipeWorld : IAsyncDisposable
{
    /// <summary>Runs a body on a strand of the clients' machine to its end, and throws what it throws.</summary>
    Task RunAsync(Func<IMachine, ICoordinationProvider, Task> body);

    /// <summary>Forgets history before a revision: recipes need no such call, and so a provider has none.</summary>
    Task CompactAsync(long revision);
}
