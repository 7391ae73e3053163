namespace Quorate.Cli.Scenarios.Runs;

/// <summary>A cluster, a workload on it, faults, and what must hold.</summary>
internal interface IScenario
{
    /// <summary>Its name on the command line.</summary>
    string Name { get; }

    /// <summary>What it does and what must hold, in one line.</summary>
    string Description { get; }

    /// <summary>Runs one seed. Depends on nothing but the seed.</summary>
    /// <param name="seed">The seed.</param>
    SeedResult Run(ulong seed);
}
