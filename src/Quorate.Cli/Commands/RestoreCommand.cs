using System.CommandLine;
using Quorate.Cli.Nodes;
using Quorate.Hosting.Nodes;
using Quorate.Kernel.Encoding;
using static Quorate.Cli.Nodes.TextFlag;

namespace Quorate.Cli.Commands;

/// <summary><c>quorate restore</c>: makes the data folders of a new cluster from a file that <c>etcdctl snapshot save</c> wrote.</summary>
internal sealed class RestoreCommand
{
    private readonly Argument<string> file = new("FILE") { Description = "What etcdctl snapshot save wrote." };
    private readonly Option<string> data = Text(
        "--data", "DIR", "The folder to make: for quorate up that of the cluster, with --name that of the one node.", required: true);

    private readonly Option<int> nodes = new("--nodes")
    {
        Description = "How many nodes quorate up will start.",
        DefaultValueFactory = _ => 3,
        HelpName = "N",
    };

    private readonly Option<string> name = Text("--name", "NAME", "One node of --cluster, to be started with quorate node.");
    private readonly Option<string> cluster = Text("--cluster", "n1=H:P,n2=H:P,…", "Every node of the new cluster, as for quorate node.");
    private readonly Option<string> clusterName = Text(
        "--cluster-name", "NAME", "The new cluster's name, as for quorate node. Take another than the old one's where its nodes may come back.");

    private RestoreCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var self = new RestoreCommand();
        var command = new Command(
            "restore",
            "Makes the data folders of a new cluster from a snapshot, whose checksum is verified first: keys, history, leases and alarms are "
            + "as they were. Every node must be made from the same file. "
            + "Exit codes: 0 done; 1 the file is damaged, a folder is not empty or the disk failed; 3 the command line is wrong.")
        {
            self.file, self.data, self.nodes, self.name, self.cluster, self.clusterName,
        };
        command.SetAction((line, cancellationToken) => NodeErrors.RunAsync(() => self.RunAsync(line, cancellationToken)));
        return command;
    }

    private async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var path = line.GetValue(file)!;
        var planned = Plan(line).ToList();
        await using var backup = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        foreach (var node in planned)
        {
            var revision = await RestoreAsync(backup, path, node, cancellationToken);
            Console.WriteLine($"restored {node.Name} in {node.DataFolder}, revision {revision}");
        }

        return 0;
    }

    private IEnumerable<NodeOptions> Plan(ParseResult line)
    {
        var folder = Path.GetFullPath(line.GetValue(data)!);
        if (line.GetValue(name) is not { } own)
            return line.GetValue(cluster) is null && line.GetValue(clusterName) is null
                ? UpCommand.Nodes(line.GetValue(nodes), folder)
                : throw new UsageException("--cluster and --cluster-name need --name: which of the nodes is made.");
        if (line.GetValue(cluster) is not { } all)
            throw new UsageException("--name needs --cluster: every node of the new cluster.");
        var members = MemberFlag.Read("--cluster", all);
        return
        [
            SharedFlags.Checked(new NodeOptions
            {
                Name = own,
                Cluster = line.GetValue(clusterName) ?? "quorate",
                Members = members,
                Listen = members.FirstOrDefault(m => m.Name == own)?.Address ?? default,
                DataFolder = folder,
                // Nothing listens here; the node itself asks when it is started.
                AllowInsecure = true,
            }),
        ];
    }

    private static async Task<long> RestoreAsync(FileStream backup, string path, NodeOptions node, CancellationToken cancellationToken)
    {
        try
        {
            return await NodeRestore.RunAsync(backup, node, cancellationToken);
        }
        catch (MalformedInputException e)
        {
            throw new IOException($"{path} cannot be restored: {e.Message}", e);
        }
    }
}
