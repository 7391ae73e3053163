using System.CommandLine;

var root = new RootCommand("The common standard library of distributed systems for .NET: clusters, simulation and checking.");
return root.Parse(args).Invoke();
