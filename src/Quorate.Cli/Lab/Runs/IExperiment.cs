namespace Quorate.Cli.Lab.Runs;

/// <summary>An impossibility or a trade-off of the books, run for real in simulated worlds.</summary>
internal interface IExperiment
{
    /// <summary>Its name on the command line.</summary>
    string Name { get; }

    /// <summary>What it shows, in a line.</summary>
    string Shows { get; }

    /// <summary>Where it comes from.</summary>
    string Source { get; }

    /// <summary>Runs it. The same input gives the same result in every process.</summary>
    ExperimentResult Run(ExperimentInput input);
}

/// <summary>What an experiment is run with.</summary>
/// <param name="Seed">What all of its chance is drawn from.</param>
/// <param name="IsFilmed">Whether the most telling world is recorded for a page; that changes nothing in the run.</param>
internal readonly record struct ExperimentInput(ulong Seed, bool IsFilmed = false);
