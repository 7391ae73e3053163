using Quorate.Mutants.Edits;

namespace Quorate.Mutants.Building;

/// <summary>
/// A copy of the built command line in which every project with mutants was compiled anew with all of them, each behind a switch. The
/// source tree is not touched. With the switch at 0 the copy does what the production code does.
/// </summary>
internal sealed class MutantProgram : IDisposable
{
    private readonly Dictionary<string, int> numbers = [];

    private MutantProgram(string folder, IReadOnlyList<Mutant> mutants)
    {
        Folder = folder;
        for (var i = 0; i < mutants.Count; i++)
            numbers.Add(mutants[i].Name, i + 1);
    }

    /// <summary>The folder; it is deleted with this.</summary>
    public string Folder { get; }

    /// <summary>Builds a copy with these mutants in it.</summary>
    /// <param name="mutants">The mutants.</param>
    /// <param name="progress">Told what is done.</param>
    /// <exception cref="MutantException">A mutant does not fit the source, or does not compile.</exception>
    public static MutantProgram Of(IReadOnlyList<Mutant> mutants, Action<string>? progress = null)
    {
        var program = new MutantProgram(Directory.CreateTempSubdirectory("quorate-mutants-").FullName, mutants);
        try
        {
            foreach (var file in Directory.EnumerateFiles(SourceTree.Program))
                File.Copy(file, Path.Combine(program.Folder, Path.GetFileName(file)));
            var numbered = mutants.Select(m => (program.NumberOf(m), m)).ToList();
            var projects = mutants.Select(m => m.Project).Distinct().ToList();
            foreach (var project in projects)
                progress?.Invoke($"compiling {project} with {mutants.Count(m => m.Project == project)} mutants");
            Parallel.ForEach(
                projects, project => ProjectCompilation.Run(project, [.. numbered.Where(m => m.m.Project == project)], program.Folder));
            return program;
        }
        catch (AggregateException e) when (e.InnerException is MutantException first)
        {
            program.Dispose();
            throw first;
        }
        catch
        {
            program.Dispose();
            throw;
        }
    }

    /// <summary>The number that turns a mutant on.</summary>
    /// <param name="mutant">The mutant.</param>
    public int NumberOf(Mutant mutant) => numbers[mutant.Name];

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
