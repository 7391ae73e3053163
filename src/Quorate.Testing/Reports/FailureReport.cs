using System.Globalization;
using System.Text;
using Quorate.Simulation.Shrinking;

namespace Quorate.Testing.Reports;

/// <summary>Writes the files about a failure and puts the failure into words.</summary>
internal static class FailureReport
{
    /// <summary>Writes the files, and gives the message for the exception.</summary>
    public static string Write(FailedRun run, ShrinkResult? shrunk, string folder, IReadOnlyList<IFailureArtifact> artifacts)
    {
        Directory.CreateDirectory(folder);
        var message = new StringBuilder();
        message.Append(CultureInfo.InvariantCulture, $"{run.Name}, seed {run.Schedule.Seed}: {run.Violation.TrimEnd()}\n");
        if (shrunk is not null)
            Describe(shrunk, message);
        var files = artifacts.Select(a => (a.Name, Path: WriteOne(a, run, folder))).ToList();
        if (files.FirstOrDefault(f => f.Name == "schedule").Path is { } schedule)
            message.Append(CultureInfo.InvariantCulture, $"replay: QUORATE_SCHEDULE={schedule} dotnet test --filter {run.Name}\n");
        message.Append(CultureInfo.InvariantCulture, $"seed: QUORATE_SEEDS={run.Schedule.Seed} dotnet test --filter {run.Name}\n");
        foreach (var (name, path) in files)
            message.Append(CultureInfo.InvariantCulture, $"{name}: {path}\n");
        return message.ToString();
    }

    private static void Describe(ShrinkResult shrunk, StringBuilder message)
    {
        message.Append(
            CultureInfo.InvariantCulture,
            $"shrunk to {shrunk.Schedule.Faults.Count} faults and {shrunk.Schedule.Operations?.Count ?? 0} operations by {shrunk.Runs} runs:\n");
        foreach (var fault in shrunk.Schedule.Faults)
            message.Append(CultureInfo.InvariantCulture, $"  {fault}\n");
    }

    private static string WriteOne(IFailureArtifact artifact, FailedRun run, string folder)
    {
        var safe = string.Concat(run.Name.Select(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_'));
        var path = Path.GetFullPath(Path.Combine(
            folder, string.Create(CultureInfo.InvariantCulture, $"{safe}-{run.Schedule.Seed}{artifact.Extension}")));
        try
        {
            using var writer = new StreamWriter(path);
            artifact.Write(run, writer);
            return path;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever a report cannot do, the violation itself is told.
            return $"not written: {e.GetType().Name}: {e.Message}";
        }
    }
}
