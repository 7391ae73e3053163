using System.CommandLine;
using System.CommandLine.Invocation;
using Quorate.Cli.Commands;
using Quorate.Cli.Nodes;

SocketCompletions.RunInline();
var root = new RootCommand("The common standard library of distributed systems for .NET: clusters, simulation and checking.")
{
    UpCommand.Create(),
    NodeCommand.Create(),
    RestoreCommand.Create(),
    CaCommand.Create(),
    RecoverCommand.Create(),
    SimCommand.Create(),
    CheckCommand.Create(),
    ModelCommand.Create(),
    LabCommand.Create(),
    MutantsCommand.Create(),
};
var parsed = root.Parse(args);
if (parsed.Action is not ParseErrorAction)
{
    // Nodes get this long to stop after the first Ctrl-C or SIGTERM.
    var invocation = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(10) };
    return await parsed.InvokeAsync(invocation);
}
// A verdict has exit codes of its own (0, 1, 2), so a wrong command line has another.
foreach (var error in parsed.Errors)
    Console.Error.WriteLine($"error: {error.Message}");
Console.Error.WriteLine("try --help");
return 3;
