using System.CommandLine;
using Quorate.Cli.Nodes;
using Quorate.Hosting.Nodes;
using Quorate.Kernel.Machines;
using Quorate.Runtime.Network;
using Quorate.Server.Etcd;
using Quorate.Server.Listening;
using static Quorate.Cli.Nodes.TextFlag;

namespace Quorate.Cli.Commands;

/// <summary><c>quorate node</c>: one node of a cluster in a process of its own.</summary>
internal sealed class NodeCommand
{
    private readonly Option<string> name = Text(
        "--name", "NAME", "The node's name, one of those in --cluster. It never changes.", required: true);

    private readonly Option<string> data = Text(
        "--data", "DIR", "The folder of this node's files. No two nodes share one.", required: true);

    private readonly Option<string> peerListen = Text("--peer-listen", "H:P", "Where the node listens for the others.", required: true);
    private readonly Option<string> etcdListen = Text("--etcd-listen", "H:P", "Where the node listens for etcd's clients.", required: true);
    private readonly Option<string> etcdAdvertise = Text(
        "--etcd-advertise", "H:P", "Where clients reach the node. Default: --etcd-listen.");

    private readonly Option<string> cluster = Text(
        "--cluster", "n1=H:P,n2=H:P,…", "The first members with the addresses where the others reach them; the same on each node.");

    private readonly Option<string> join = Text(
        "--join",
        "H:P,…",
        "Where members of a running cluster listen for the others, instead of --cluster: this node was added to it with 'member add'.");

    private readonly Option<string> replaces = Text(
        "--replace",
        "NAME|ID",
        "With --join: a dead member in whose place this node comes. It need not be added before; the dead one is removed once this one votes.");

    private readonly Option<string> peerAdvertise = Text(
        "--peer-advertise", "H:P", "With --join: where the others reach the node, as it was added. Default: --peer-listen.");

    private readonly Option<string> clusterName = Text(
        "--cluster-name", "NAME", "The cluster's name. Nodes of other clusters are refused. Default: quorate.");

    private readonly Option<string> cert = Text(
        "--cert", "FILE", "The node's certificate for the other nodes (PEM). All six files may be replaced while the node runs.");
    private readonly Option<string> key = Text("--key", "FILE", "The private key of --cert (PEM).");
    private readonly Option<string> ca = Text("--ca", "FILE", "Who must have issued the other nodes' certificates (PEM).");
    private readonly Option<string> clientCert = Text("--client-cert", "FILE", "The node's certificate for clients (PEM).");
    private readonly Option<string> clientKey = Text("--client-key", "FILE", "The private key of --client-cert (PEM).");
    private readonly Option<string> clientCa = Text(
        "--client-ca", "FILE", "Who must have issued the clients' certificates (PEM). Left out: clients need none.");

    private readonly Option<bool> insecure = new("--insecure")
    {
        Description = "Listen without TLS elsewhere than on loopback: whoever reaches the ports can then read and write everything.",
    };

    private readonly SharedFlags shared = new(Severity.Warning);
    private readonly DnsFlags dns = new("");

    private NodeCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var self = new NodeCommand();
        var command = new Command(
            "node", $"Starts one node of a cluster and serves etcd's v3 API. Ctrl-C stops it; its data stays. {NodeErrors.ExitCodes}")
        {
            self.name, self.data, self.peerListen, self.etcdListen, self.etcdAdvertise, self.cluster, self.join, self.replaces,
            self.peerAdvertise, self.clusterName,
            self.cert, self.key, self.ca, self.clientCert, self.clientKey, self.clientCa, self.insecure,
        };
        self.dns.AddTo(command);
        self.shared.AddTo(command);
        command.SetAction((line, cancellationToken) => NodeErrors.RunAsync(() => self.RunAsync(line, cancellationToken)));
        return command;
    }

    private async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        await using var opened = shared;
        var node = SharedFlags.Checked(shared.Apply(line, NodeOf(line)));
        var etcd = EtcdOf(line, node);
        if (!NodeOptionsRules.IsSecured(etcd.Listen, etcd.Tls is not null, node.AllowInsecure))
            throw new UsageException(
                $"--etcd-listen {etcd.Listen} is not a loopback address: give --client-cert and --client-key, "
                + "or --insecure to serve without TLS.");
        await using var group = new NodeGroup();
        await group.StartAsync(node, etcd, dns.Read(line), shared.Log(line), cancellationToken);
        Console.WriteLine($"listening {node.Name}={Scheme(etcd)}://{group.Nodes[0].Etcd}");
        await group.WaitForLeaderAsync(cancellationToken);
        if (group.Nodes[0].Dns is { } names)
            Console.WriteLine($"dns {node.Name}={names}");
        Console.WriteLine($"ready {node.Name}={Scheme(etcd)}://{group.Nodes[0].Etcd}");
        await group.RunAsync(cancellationToken);
        Console.WriteLine("stopping");
        return 0;
    }

    private NodeOptions NodeOf(ParseResult line)
    {
        var own = line.GetValue(name)!;
        var client = MemberFlag.Address("--etcd-advertise", line.GetValue(etcdAdvertise) ?? line.GetValue(etcdListen)!);
        var peers = Certificates.Read("", line.GetValue(cert), line.GetValue(key), line.GetValue(ca), Tell(line));
        if (peers is { Current.Authorities: null })
            throw new UsageException("--cert and --key need --ca: nodes accept only certificates of an authority that they know.");
        var listen = MemberFlag.Address("--peer-listen", line.GetValue(peerListen)!);
        var allowInsecure = line.GetValue(insecure);
        if (!NodeOptionsRules.IsSecured(listen, peers is not null, allowInsecure))
            throw new UsageException(
                $"--peer-listen {listen} is not a loopback address: give --cert, --key and --ca, or --insecure to do without TLS.");
        return new NodeOptions
        {
            Name = own,
            Cluster = line.GetValue(clusterName) ?? "quorate",
            Listen = listen,
            Members = [.. MembersOf(line, own, listen).Select(m => m.Name == own ? m with { ClientAddress = client } : m)],
            Join = [.. Split(line.GetValue(join) ?? "").Select(text => MemberFlag.Address("--join", text))],
            Replaces = line.GetValue(replaces),
            DataFolder = Path.GetFullPath(line.GetValue(data)!),
            Tls = peers is null ? null : new TlsOptions { Certificates = peers },
            ClientTls = line.GetValue(clientCert) is not null,
            AllowInsecure = allowInsecure,
        };
    }

    private IEnumerable<NodeMember> MembersOf(ParseResult line, string own, NetworkAddress listen)
    {
        var (first, running) = (line.GetValue(cluster), line.GetValue(join));
        if (first is null == running is null)
            throw new UsageException("Give either --cluster, for the first members, or --join, for a node that was added to a running cluster.");
        var advertised = line.GetValue(peerAdvertise);
        if (first is not null)
            return advertised is null
                ? MemberFlag.Read("--cluster", first)
                : throw new UsageException("--peer-advertise goes with --join: the first members' addresses are in --cluster.");
        return [new NodeMember(own, advertised is null ? listen : MemberFlag.Address("--peer-advertise", advertised))];
    }

    private static string[] Split(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private EtcdEndpointOptions EtcdOf(ParseResult line, NodeOptions node)
    {
        var clients = Certificates.Read("client-", line.GetValue(clientCert), line.GetValue(clientKey), line.GetValue(clientCa), Tell(line));
        var endpoint = new EtcdEndpointOptions
        {
            Listen = MemberFlag.Address("--etcd-listen", line.GetValue(etcdListen)!),
            Tls = clients is null ? null : new ServerTls(clients),
            RequestBytesMax = node.RequestBytesMax,
        };
        return shared.Apply(line, endpoint, node.Name);
    }

    private Action<Severity, string> Tell(ParseResult line) => NodeLog.Of(line.GetValue(name)!, "tls", shared.Log(line));

    private static string Scheme(EtcdEndpointOptions etcd) => etcd.Tls is null ? "http" : "https";
}
