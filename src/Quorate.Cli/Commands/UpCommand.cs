using System.CommandLine;
using Quorate.Cli.Nodes;
using Quorate.Hosting.Dns;
using Quorate.Hosting.Nodes;
using Quorate.Kernel.Machines;
using Quorate.Server.Etcd;

namespace Quorate.Cli.Commands;

/// <summary><c>quorate up</c>: a whole cluster in one process, over real sockets of the loopback interface.</summary>
internal static class UpCommand
{
    private const string Loopback = "127.0.0.1";
    private const string DefaultFolder = "quorate-data";
    private const int DefaultEtcdPort = 2379;
    private const int DefaultPeerPort = 7000;

    // Node i listens on port + 10 * (i - 1), so that the ports of one node can be told from its number.
    private const int PortStep = 10;
    private const int PortMax = 65_535;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var nodes = new Option<int>("--nodes")
        {
            Description = "How many nodes; a majority must run for the cluster to answer.",
            DefaultValueFactory = _ => 3,
            HelpName = "N",
        };
        var data = new Option<string>("--data")
        {
            Description = "The folder of the cluster's files; each node has a folder in it.",
            DefaultValueFactory = _ => DefaultFolder,
            HelpName = "DIR",
        };
        var etcd = PortOption("--etcd", DefaultEtcdPort, "The port of node 1 for etcd's clients; node i listens 10·(i-1) above.");
        var peer = PortOption("--peer", DefaultPeerPort, "The port of node 1 for the other nodes; node i listens 10·(i-1) above.");
        // Links between nodes that start and stop together come and go: nothing that the user must see.
        var shared = new SharedFlags(Severity.Error);
        var dns = new DnsFlags(", by node 1; by node i 10·(i-1) above");
        var command = new Command(
            "up", $"Starts a cluster in this process and serves etcd's v3 API. Ctrl-C stops it; its data stays. {NodeErrors.ExitCodes}")
        {
            nodes, data, etcd, peer,
        };
        dns.AddTo(command);
        shared.AddTo(command);
        command.SetAction((line, cancellationToken) => NodeErrors.RunAsync(async () =>
        {
            await using var opened = shared;
            return await RunAsync(
                [
                    .. Plan(line.GetValue(nodes), line.GetValue(data)!, line.GetValue(etcd), line.GetValue(peer), node => shared.Apply(line, node))
                        .Select(plan => (plan.Node, shared.Apply(line, plan.Etcd, plan.Node.Name, line.GetValue(nodes)))),
                ],
                line.GetValue(data)!,
                [.. Enumerable.Range(0, line.GetValue(nodes)).Select(i => dns.Read(line, PortStep * i))],
                shared.Log(line),
                cancellationToken);
        }));
        return command;
    }

    /// <summary>The nodes of a cluster of this command, at its default ports.</summary>
    /// <param name="count">How many.</param>
    /// <param name="data">The folder of the cluster's files.</param>
    /// <exception cref="UsageException">The number cannot be.</exception>
    public static IEnumerable<NodeOptions> Nodes(int count, string data) =>
        Plan(count, data, DefaultEtcdPort, DefaultPeerPort, static node => node).Select(plan => plan.Node);

    private static Option<int> PortOption(string name, int port, string description) =>
        new(name) { Description = description, DefaultValueFactory = _ => port, HelpName = "PORT" };

    private static List<(NodeOptions Node, EtcdEndpointOptions Etcd)> Plan(
        int count, string data, int etcd, int peer, Func<NodeOptions, NodeOptions> apply)
    {
        if (count is < 1 or > NodeOptions.MembersMax)
            throw new UsageException($"--nodes must be 1 to {NodeOptions.MembersMax}, not {count}.");
        CheckPorts("--etcd", etcd, count);
        CheckPorts("--peer", peer, count);
        var members = Enumerable.Range(0, count)
            .Select(i => new NodeMember($"n{i + 1}", Address(peer, i), Address(etcd, i)))
            .ToList();
        return [.. members.Select(member => Node(member, members, data, apply))];
    }

    private static (NodeOptions Node, EtcdEndpointOptions Etcd) Node(
        NodeMember member, IReadOnlyList<NodeMember> members, string data, Func<NodeOptions, NodeOptions> apply)
    {
        var node = SharedFlags.Checked(apply(new NodeOptions
        {
            Name = member.Name,
            Listen = member.Address,
            Members = members,
            DataFolder = Path.Combine(Path.GetFullPath(data), member.Name),
        }));
        return (node, new EtcdEndpointOptions { Listen = member.ClientAddress!.Value, RequestBytesMax = node.RequestBytesMax });
    }

    private static async Task<int> RunAsync(
        List<(NodeOptions Node, EtcdEndpointOptions Etcd)> plan, string data, IReadOnlyList<DnsEndpointOptions?> dns, Severity least,
        CancellationToken cancellationToken)
    {
        Console.WriteLine($"data in {data} ({Path.GetFullPath(data)})");
        await using var group = new NodeGroup();
        await Task.WhenAll(plan.Select((p, i) => group.StartAsync(p.Node, p.Etcd, dns[i], least, cancellationToken)));
        await group.WaitForLeaderAsync(cancellationToken);
        if (group.Nodes.Any(n => n.Dns is not null))
            Console.WriteLine($"dns {string.Join(' ', group.Nodes.OrderBy(n => n.Etcd.Port).Select(n => $"{n.Name}={n.Dns}"))}");
        Console.WriteLine($"ready {string.Join(' ', group.Nodes.OrderBy(n => n.Etcd.Port).Select(n => $"{n.Name}=http://{n.Etcd}"))}");
        await group.RunAsync(cancellationToken);
        Console.WriteLine("stopping");
        return 0;
    }

    private static NetworkAddress Address(int port, int index) => new(Loopback, port + (PortStep * index));

    private static void CheckPorts(string flag, int port, int count)
    {
        if (port < 1 || port + (PortStep * (count - 1)) > PortMax)
            throw new UsageException(
                $"{flag} {port} leaves no valid ports for {count} nodes: each is 10 above the one before, and at most {PortMax}.");
    }
}
