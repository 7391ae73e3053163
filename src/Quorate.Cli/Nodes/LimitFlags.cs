using System.CommandLine;
using Quorate.Hosting.Nodes;
using Quorate.Kernel.Machines;
using Quorate.Server.Etcd;
using Quorate.Server.Listening;
using Quorate.Services.Coordination.Serving;

namespace Quorate.Cli.Nodes;

/// <summary>The flags that bound what clients keep open. docs/limits.md says what happens beyond each.</summary>
internal sealed class LimitFlags
{
    private static readonly CoordinationLimits Served = new();
    private static readonly EndpointLimits Listened = new();

    private readonly Option<int?> connections = new("--connections-max")
    {
        Description = $"The most connections of clients to a node. Default: {Listened.ConnectionsMax}, or what the limit of open files leaves.",
        HelpName = "N",
    };

    private readonly Option<int> calls = Number(
        "--calls-max", Listened.CallsMax, "The most calls under way at a node, open streams and waiting locks too.");

    private readonly Option<long> callBytes = new("--call-bytes-max")
    {
        Description = "The most bytes of requests that have come in part, and of answers that wait for their readers, of all clients of a node.",
        DefaultValueFactory = _ => Listened.CallBytesMax,
        HelpName = "BYTES",
    };

    private readonly Option<int> watches = Number("--watches-max", Served.WatchesMax, "The most watches of all clients of a node.");
    private readonly Option<int> streamWatches = Number("--stream-watches-max", Served.WatchesPerStreamMax, "The most watches of one stream.");

    private readonly Option<long> watchBytes = new("--watch-bytes-max")
    {
        Description = "The most bytes of events that wait for readers of watches; beyond it they are read from the history later.",
        DefaultValueFactory = _ => Served.WatchUnreadBytesMax,
        HelpName = "BYTES",
    };

    private readonly Option<int> leases = Number("--leases-max", Served.LeasesMax, "The most leases of the cluster.");

    /// <summary>Adds the flags to a command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[connections, calls, callBytes, watches, streamWatches, watchBytes, leases])
            command.Options.Add(option);
    }

    /// <summary>Puts the flags into a node's options.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="node">The options.</param>
    public NodeOptions Apply(ParseResult line, NodeOptions node) => node with
    {
        Limits = node.Limits with
        {
            WatchesMax = line.GetValue(watches),
            WatchesPerStreamMax = line.GetValue(streamWatches),
            WatchUnreadBytesMax = line.GetValue(watchBytes),
            LeasesMax = line.GetValue(leases),
        },
    };

    /// <summary>Puts the flags into an endpoint's options.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="endpoint">The options.</param>
    /// <param name="nodes">How many nodes this process has.</param>
    /// <param name="tell">Takes what the endpoint has to tell.</param>
    /// <exception cref="UsageException">A value is out of its bounds.</exception>
    public EtcdEndpointOptions Apply(ParseResult line, EtcdEndpointOptions endpoint, int nodes, Action<Severity, string> tell)
    {
        var limits = endpoint.Limits with
        {
            ConnectionsMax = line.GetValue(connections) ?? OpenFiles.ConnectionsFor(Listened.ConnectionsMax, nodes),
            CallsMax = line.GetValue(calls),
            CallBytesMax = line.GetValue(callBytes),
            Tell = tell,
        };
        return limits.Violations().FirstOrDefault() is { } wrong ? throw new UsageException(wrong) : endpoint with { Limits = limits };
    }

    private static Option<int> Number(string name, int otherwise, string description) =>
        new(name) { Description = description, DefaultValueFactory = _ => otherwise, HelpName = "N" };
}
