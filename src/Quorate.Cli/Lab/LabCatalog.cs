using Quorate.Cli.Lab.Cap;
using Quorate.Cli.Lab.ClockSkew;
using Quorate.Cli.Lab.Delivery;
using Quorate.Cli.Lab.FailureDetection;
using Quorate.Cli.Lab.Flp;
using Quorate.Cli.Lab.Pacelc;
using Quorate.Cli.Lab.RetryStorm;
using Quorate.Cli.Lab.Runs;
using Quorate.Cli.Lab.SplitBrain;
using Quorate.Cli.Lab.TwoGenerals;

namespace Quorate.Cli.Lab;

/// <summary>The experiments.</summary>
internal static class LabCatalog
{
    public static IReadOnlyList<IExperiment> All { get; } =
    [
        new TwoGeneralsExperiment(),
        new FlpExperiment(),
        new CapExperiment(),
        new PacelcExperiment(),
        new SplitBrainExperiment(),
        new ClockSkewExperiment(),
        new DeliveryExperiment(),
        new FailureDetectionExperiment(),
        new RetryStormExperiment(),
    ];

    public static IExperiment? Named(string name) => All.FirstOrDefault(e => e.Name == name);
}
