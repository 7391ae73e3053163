namespace Quorate.Cli.Models.Raft;

/// <summary>
/// States that differ only in the servers' names behave alike, so that one of them, with the smallest numbers, stands for all. Source: Ip
/// and Dill, "Better Verification Through Symmetry", 1996.
/// </summary>
internal sealed class Renamings
{
    private readonly ServerTable table;
    private readonly int[][] names;
    private readonly int[][] olds;
    private readonly int[] image;
    private readonly int[] best;
    private readonly List<int> ties = [];
    private int[] bestNetwork = new int[64];
    private int[] network = new int[64];

    /// <summary>Prepares for a model.</summary>
    /// <param name="table">The servers' states.</param>
    /// <param name="names">All ways to rename them; the first changes nothing.</param>
    /// <param name="servers">How many there are.</param>
    public Renamings(ServerTable table, int[][] names, int servers)
    {
        (this.table, this.names) = (table, names);
        olds = [.. names.Select(n => Enumerable.Range(0, servers).Select(place => Array.IndexOf(n, place)).ToArray())];
        (image, best) = (new int[servers], new int[servers]);
    }

    /// <summary>Renames the servers of a state to the one that stands for it; returns how many states that one stands for.</summary>
    public int Normalise(RaftWorld world)
    {
        if (names.Length == 1)
            return 1;
        FindBestServers(world);
        if (ties.Count == 1 && ties[0] == 0)
            return names.Length;
        if (bestNetwork.Length < world.Network.Length)
            (bestNetwork, network) = (new int[world.Network.Length * 2], new int[world.Network.Length * 2]);
        var length = world.Network.Length;
        var equal = 0;
        for (var i = 0; i < ties.Count; i++)
        {
            Rename(world.Network, names[ties[i]]);
            var order = i == 0 ? -1 : network.AsSpan(0, length).SequenceCompareTo(bestNetwork.AsSpan(0, length));
            equal = order < 0 ? 1 : order == 0 ? equal + 1 : equal;
            if (order < 0)
                (bestNetwork, network) = (network, bestNetwork);
        }

        best.CopyTo(world.Servers, 0);
        world.SetNetwork(bestNetwork.AsSpan(0, length));
        return names.Length / equal;
    }

    private void FindBestServers(RaftWorld world)
    {
        ties.Clear();
        for (var name = 0; name < names.Length; name++)
        {
            var order = ties.Count == 0 ? -1 : 0;
            for (var place = 0; place < image.Length && order <= 0; place++)
            {
                image[place] = table.ImageNumber(world.Servers[olds[name][place]], name);
                if (order == 0)
                    order = image[place].CompareTo(best[place]);
            }

            if (order > 0)
                continue;
            if (order < 0)
                ties.Clear();
            image.CopyTo(best, 0);
            ties.Add(name);
        }
    }

    // Renaming changes the low bits alone, so that only what has the same message comes into another order: moving each to its place costs
    // less than sorting anew.
    private void Rename(ReadOnlySpan<int> from, int[] name)
    {
        for (var i = 0; i < from.Length; i++)
        {
            var (sender, receiver, message) = RaftWorld.Unpack(from[i]);
            var packed = RaftWorld.Pack(name[sender], name[receiver], message);
            var at = i;
            for (; at > 0 && network[at - 1] > packed; at--)
                network[at] = network[at - 1];
            network[at] = packed;
        }
    }
}
