using System.CommandLine;
using Quorate.Cli.Commands;

var root = new RootCommand("The common standard library of distributed systems for .NET: clusters, simulation and checking.")
{
    UpCommand.Create(),
    NodeCommand.Create(),
};
// Nodes get this long to stop after the first Ctrl-C or SIGTERM.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(10) };
return await root.Parse(args).InvokeAsync(invocation);
