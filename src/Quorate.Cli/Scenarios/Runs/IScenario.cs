namespace Quorate.Cli.Scenarios.Runs;

/// <summary>A cluster, a workload on it, faults, and what must hold.</summary>
internal interface IScenario
{
    /// <summary>Its name on the command line.</summary>
    string Name { get; }

    /// <summary>What it does and what must hold, in one line.</summary>
    string Description { get; }

    /// <summary>Runs one seed, or a schedule of one. Depends on nothing else.</summary>
    /// <param name="seed">The seed, and the schedule where one is replayed.</param>
    SeedResult Run(RunInput seed);
}
