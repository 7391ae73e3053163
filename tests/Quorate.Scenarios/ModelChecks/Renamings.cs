namespace Quorate.Scenarios.ModelChecks;

/// <summary>
/// States that differ only in the servers' names behave alike, so that one of them, with the smallest numbers, stands for all. Source: Ip
/// and Dill, "Better Verification Through Symmetry", 1996.
/// </summary>
internal sealed class Renamings(ServerTable table, IReadOnlyList<int[]> names, int servers)
{
    private readonly int[] image = new int[servers];
    private readonly int[] best = new int[servers];
    private readonly List<int> ties = [];
    private List<int> bestNetwork = [];
    private List<int> network = [];

    /// <summary>All ways to rename so many servers; the first changes nothing.</summary>
    public static IReadOnlyList<int[]> Of(int servers)
    {
        IEnumerable<int[]> all = [[]];
        for (var i = 0; i < servers; i++)
            all = all.SelectMany(a => Enumerable.Range(0, servers).Where(n => !a.Contains(n)).Select(n => (int[])[.. a, n])).ToArray();
        return [.. all];
    }

    /// <summary>Renames the servers of a state to the one that stands for it; returns how many states that one stands for.</summary>
    public int Normalise(World world)
    {
        FindBestServers(world);
        if (ties.Count == 1 && ties[0] == 0)
            return names.Count;
        var equal = 0;
        for (var i = 0; i < ties.Count; i++)
        {
            Rename(world.Network, names[ties[i]]);
            var order = i == 0 ? -1 : Compare(network, bestNetwork);
            equal = order < 0 ? 1 : order == 0 ? equal + 1 : equal;
            if (order < 0)
                (bestNetwork, network) = (network, bestNetwork);
        }

        best.CopyTo(world.Servers, 0);
        world.Network.Clear();
        world.Network.AddRange(bestNetwork);
        return names.Count / equal;
    }

    private void FindBestServers(World world)
    {
        ties.Clear();
        for (var name = 0; name < names.Count; name++)
        {
            for (var place = 0; place < image.Length; place++)
                image[names[name][place]] = table.Image(table[world.Servers[place]], name).Number;
            var order = ties.Count == 0 ? -1 : image.AsSpan().SequenceCompareTo(best);
            if (order > 0)
                continue;
            if (order < 0)
                ties.Clear();
            image.CopyTo(best, 0);
            ties.Add(name);
        }
    }

    private void Rename(List<int> from, int[] name)
    {
        network.Clear();
        foreach (var packed in from)
        {
            var (sender, receiver, message) = World.Unpack(packed);
            network.Add(World.Pack(name[sender], name[receiver], message));
        }

        network.Sort();
    }

    private static int Compare(List<int> a, List<int> b)
    {
        for (var i = 0; i < a.Count; i++)
        {
            if (a[i] != b[i])
                return a[i].CompareTo(b[i]);
        }

        return 0;
    }
}
