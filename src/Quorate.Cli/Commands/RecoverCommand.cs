using System.CommandLine;
using Quorate.Cli.Nodes;
using Quorate.Hosting.Nodes;
using static Quorate.Cli.Nodes.TextFlag;

namespace Quorate.Cli.Commands;

/// <summary><c>quorate recover</c>: a cluster of one from the folder of the one node that is left.</summary>
internal sealed class RecoverCommand
{
    private readonly Argument<string> survivor = new("FOLDER") { Description = "The data folder of the surviving node, which does not run." };
    private readonly Option<string> data = Text("--data", "DIR", "The folder to make for the new cluster's first node.", required: true);
    private readonly Option<string> name = Text("--name", "NAME", "The new node's name.", required: true);
    private readonly Option<string> peer = Text("--peer-listen", "H:P", "Where the new node will listen for others.", required: true);
    private readonly Option<string> clusterName = Text(
        "--cluster-name", "NAME", "The new cluster's name; never the old one's. Default: one that is drawn, and told.");

    private readonly Option<bool> yes = new("--yes") { Description = "I know what may be lost. Left out, it is told and nothing is made." };

    private RecoverCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var self = new RecoverCommand();
        var command = new Command(
            "recover",
            "Makes a cluster of one from the folder of the one node that is left, when a majority of the others is lost for good. It keeps all that "
            + "the survivor had and has an identity of its own; the old folder stays as it is. Further nodes join with quorate node --join. While a "
            + "majority can still come back, start it instead: nothing is lost then. "
            + "Exit codes: 0 done; 1 the folder is damaged, or the disk failed; 3 the command line is wrong, or --yes is missing.")
        {
            self.survivor, self.data, self.name, self.peer, self.clusterName, self.yes,
        };
        command.SetAction((line, cancellationToken) => NodeErrors.RunAsync(() => self.RunAsync(line, cancellationToken)));
        return command;
    }

    private async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var folder = Path.GetFullPath(line.GetValue(survivor)!);
        var node = NodeOf(line);
        if (!line.GetValue(yes))
        {
            Tell(await NodeRecovery.InspectAsync(folder, cancellationToken));
            throw new UsageException("nothing was made. Give --yes to go on without what is lost.");
        }

        Tell(await NodeRecovery.RunAsync(folder, node, cancellationToken));
        Console.WriteLine($"recovered {node.Name} in {node.DataFolder}; start it, and take every other node of the old cluster away:");
        Console.WriteLine(
            $"  quorate node --name {node.Name} --data {node.DataFolder} --peer-listen {node.Listen} --etcd-listen H:P "
            + $"--cluster {node.Name}={node.Listen} --cluster-name {node.Cluster}");
        return 0;
    }

    private NodeOptions NodeOf(ParseResult line)
    {
        var own = line.GetValue(name)!;
        var listen = MemberFlag.Address("--peer-listen", line.GetValue(peer)!);
        return SharedFlags.Checked(new NodeOptions
        {
            Name = own,
            Cluster = line.GetValue(clusterName) ?? $"recovered-{Guid.NewGuid():n}"[..26],
            Members = [new NodeMember(own, listen)],
            Listen = listen,
            DataFolder = Path.GetFullPath(line.GetValue(data)!),
            // Nothing listens here; the node itself asks when it is started.
            AllowInsecure = true,
        });
    }

    private static void Tell(RecoveredNode found)
    {
        Console.WriteLine(
            $"survivor {found.Name}: one of {found.Voters} voters, entries up to {found.LastIndex} of term {found.Term}, revision {found.Revision}");
        if (found.Voters > 1)
            Console.WriteLine(
                "Whatever was acknowledged by others of them after that is lost. A write at the very end that no client was told of may be kept.");
    }
}
