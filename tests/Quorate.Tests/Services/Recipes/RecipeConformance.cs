using Shared.Recipes;

namespace Quorate.Tests.Services.Recipes;

public sealed class SimulatedLocks_conform : LockConformance
{
    protected override IRecipeWorld NewWorld() => new SimulatedRecipeWorld();
}

[Trait("Speed", "Slow")]
public sealed class EmbeddedLocks_conform : LockConformance
{
    protected override IRecipeWorld NewWorld() => new EmbeddedRecipeWorld();
}

public sealed class SimulatedQueues_conform : QueueConformance
{
    protected override IRecipeWorld NewWorld() => new SimulatedRecipeWorld();
}

[Trait("Speed", "Slow")]
public sealed class EmbeddedQueues_conform : QueueConformance
{
    protected override IRecipeWorld NewWorld() => new EmbeddedRecipeWorld();
}

public sealed class SimulatedGroups_conform : GroupConformance
{
    protected override IRecipeWorld NewWorld() => new SimulatedRecipeWorld();
}

[Trait("Speed", "Slow")]
public sealed class EmbeddedGroups_conform : GroupConformance
{
    protected override IRecipeWorld NewWorld() => new EmbeddedRecipeWorld();
}
