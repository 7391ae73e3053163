using System.Diagnostics;
using System.Text.Json;
using Quorate.Mutants.Building;
using Quorate.Mutants.Edits;

namespace Quorate.Mutants.Running;

/// <summary>A probe as a process. One that does not answer in time, or dies, is ended; the next question starts another.</summary>
/// <param name="program">The program with the mutants.</param>
/// <param name="mutants">All mutants in it.</param>
internal sealed class ProbeProcess(MutantProgram program, IReadOnlyList<Mutant> mutants) : IDisposable
{
    private static readonly TimeSpan AnswerMax = TimeSpan.FromMinutes(20);
    private readonly string[] assemblies = [.. mutants.Select(m => ProjectCompilation.AssemblyOf(m.Project)).Distinct()];
    private Process? process;

    /// <summary>Runs seeds until one shows a violation, all are done, or the time is over.</summary>
    /// <param name="mutant">The mutant that is on, or null for the production code.</param>
    /// <param name="scenario">The scenario.</param>
    /// <param name="seeds">The seeds.</param>
    /// <param name="secondsMax">Processor seconds after which no further seed is begun.</param>
    /// <param name="shrinkSecondsMax">Processor seconds for which the violation is shrunk at most; 0 for not at all.</param>
    /// <param name="cancellationToken">Ends the process.</param>
    /// <exception cref="MutantException">The process died, or did not answer.</exception>
    public async Task<ProbeAnswer> AskAsync(
        Mutant? mutant, string scenario, SeedRange seeds, double secondsMax, double shrinkSecondsMax, CancellationToken cancellationToken)
    {
        var order = new ProbeOrder(
            mutant is null ? 0 : program.NumberOf(mutant), assemblies, scenario, seeds.First, seeds.Last, secondsMax, shrinkSecondsMax);
        process ??= Start();
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(AnswerMax);
        try
        {
            await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(order).AsMemory(), late.Token);
            await process.StandardInput.FlushAsync(late.Token);
            if (await process.StandardOutput.ReadLineAsync(late.Token) is { } line)
                return JsonSerializer.Deserialize<ProbeAnswer>(line)!;
            var errors = await process.StandardError.ReadToEndAsync(late.Token);
            throw new MutantException($"the run of {mutant?.Name ?? "the production code"} died: {errors}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MutantException($"the run of {mutant?.Name ?? "the production code"} did not end within {AnswerMax.TotalMinutes} minutes");
        }
        catch
        {
            End();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => End();

    private Process Start()
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = program.Folder,
        };
        start.ArgumentList.Add(Path.Combine(program.Folder, "Quorate.Mutants.dll"));
        start.ArgumentList.Add(Probe.Argument);
        return Process.Start(start)!;
    }

    private void End()
    {
        if (process is null)
            return;
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        process.Dispose();
        process = null;
    }
}
