using System.Text.Json;
using Quorate.Mutants;
using Quorate.Mutants.Building;
using Quorate.Mutants.Edits;
using Quorate.Mutants.Running;
using Quorate.Mutants.Tables;

// What asks for this is `quorate mutants`, which also explains the flags.
const int ExitSurvives = 1;
const int ExitBadInput = 3;

if (args is [Probe.Argument])
    return Probe.Run(Console.In, Console.Out);
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) => (e.Cancel, _) = (true, stop.CancelAsync());
try
{
    var request = JsonSerializer.Deserialize<MutantRequest>(args.Single())!;
    var all = MutantFolder.Read(SourceTree.Root);
    var chosen = request.Names.Length == 0 ? all : [.. request.Names.Select(n => MutantFolder.Named(SourceTree.Root, n))];
    if (request.List)
    {
        foreach (var mutant in chosen)
            Console.WriteLine($"{mutant.Name,-42} {mutant.Scenario,-16} {mutant.Title}");
        return 0;
    }

    using var program = MutantProgram.Of(chosen, Console.Error.WriteLine);
    var hunt = new MutantHunt(program, chosen, request.Rounds, request.Seeds, request.SecondsMax, request.Shrink);
    var figures = await hunt.RunAsync(chosen, request.Jobs, stop.Token);
    Console.Write(MutantTable.Plain(figures));
    if (request.Json is not null)
        File.WriteAllLines(request.Json, figures.Select(f => JsonSerializer.Serialize(f, JsonSerializerOptions.Web)));
    if (request.Write)
    {
        var document = Path.Combine(SourceTree.Root, "docs", "mutants.md");
        File.WriteAllText(document, MutantTable.Into(File.ReadAllText(document), figures));
    }

    return figures.Any(f => f.Survives) ? ExitSurvives : 0;
}
catch (Exception e) when (e is MutantException or FormatException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"error: {e.Message}");
    return ExitBadInput;
}
catch (OperationCanceledException)
{
    return 130;
}
