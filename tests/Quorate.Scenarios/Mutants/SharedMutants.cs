using Quorate.Mutants.Building;
using Quorate.Mutants.Edits;
using Quorate.Mutants.Running;
using Quorate.Scenarios.Mutants;
using Quorate.Scenarios.Project;

[assembly: AssemblyFixture(typeof(SharedMutants))]

namespace Quorate.Scenarios.Mutants;

/// <summary>One program with all mutants, for all tests: it is compiled once.</summary>
public sealed class SharedMutants : IDisposable
{
    private readonly Lazy<MutantProgram> program = new(() => MutantProgram.Of(All));

    internal static IReadOnlyList<Mutant> All { get; } = MutantFolder.Read(SourceTree.Root);

    internal static Mutant Named(string name) => All.Single(m => m.Name == name);

    internal string Folder => program.Value.Folder;

    internal ProbeProcess StartProbe() => new(program.Value, All);

    /// <summary>Runs the command line with a mutant on.</summary>
    internal Task<CommandLineRun> RunAsync(string mutant, TimeSpan limit, params string[] arguments)
    {
        var number = program.Value.NumberOf(Named(mutant));
        return CommandLineRun.Of(Folder, limit, (SwitchedSource.SwitchVariable, $"{number}"), arguments);
    }

    public void Dispose()
    {
        if (program.IsValueCreated)
            program.Value.Dispose();
    }
}
