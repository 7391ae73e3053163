using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;
using Quorate.Services.Replication;
using Quorate.Services.Replication.Members;
using Quorate.Storage.Folders;

namespace Quorate.Hosting.Nodes;

/// <summary>Which node of which cluster this is, and whom it knows when it starts.</summary>
/// <param name="Identity">The node and the cluster.</param>
/// <param name="Members">The members that it knows, itself among them.</param>
/// <param name="FirstVoters">With whom the cluster begins; null for all members, none where it runs already.</param>
internal sealed record ClusterPlace(DataFolderIdentity Identity, IReadOnlyList<PeerMember> Members, IReadOnlyList<NodeId>? FirstVoters)
{
    /// <summary>The place of one of the first members.</summary>
    /// <param name="options">The node.</param>
    public static ClusterPlace First(NodeOptions options) =>
        new(new DataFolderIdentity(FirstId(options), options.Name), [.. options.Members.Select(Described)], null);

    /// <summary>
    /// The place of a node that joins a running cluster: at the first start the cluster tells, and from then on the data folder holds it.
    /// </summary>
    /// <param name="machine">The node's machine.</param>
    /// <param name="options">The node.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">No member answers, or the cluster does not expect this node.</exception>
    public static async ValueTask<ClusterPlace> JoinAsync(IMachine machine, NodeOptions options, CancellationToken cancellationToken)
    {
        var own = Described(options.Members[0]);
        var claimed = await DataFolder.ReadAsync(machine.Disk, cancellationToken);
        ClusterDirectory directory;
        try
        {
            (_, directory) = await AskAnyAsync(machine, options.Join, cancellationToken);
        }
        catch (IOException) when (claimed is not null)
        {
            // The others may all be down: then this node waits for them, and they know where it is.
            directory = new ClusterDirectory(claimed.ClusterId, []);
        }

        // Another name than the folder's is refused where the folder is claimed.
        var id = claimed?.Node ?? Expected(directory, own).Id;
        PeerMember[] others = [.. directory.Members.Where(member => member.Id != id).SelectMany(Known)];
        return new ClusterPlace(
            new DataFolderIdentity(claimed?.ClusterId ?? directory.ClusterId, options.Name) { Node = id },
            [own with { Id = id }, .. others],
            []);
    }

    /// <summary>Asks one member after the other until one answers.</summary>
    /// <param name="machine">The node's machine.</param>
    /// <param name="addresses">Where members listen for their peers.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Which one answered, and what.</returns>
    /// <exception cref="IOException">None does.</exception>
    public static async ValueTask<(NetworkAddress Address, ClusterDirectory Directory)> AskAnyAsync(
        IMachine machine, IReadOnlyList<NetworkAddress> addresses, CancellationToken cancellationToken)
    {
        var troubles = new List<string>();
        foreach (var address in addresses)
        {
            try
            {
                return (address, await ClusterDiscovery.AskAsync(machine, address, cancellationToken));
            }
            catch (IOException e)
            {
                troubles.Add(e.Message);
            }
        }

        throw new IOException($"No member of the cluster could be asked: {string.Join("; ", troubles)}.");
    }

    private static GroupMember Expected(ClusterDirectory directory, PeerMember own)
    {
        var address = own.PeerAddress.ToString();
        var place = directory.Members.FirstOrDefault(member => member.PeerAddress == address)
            ?? throw new IOException(
                $"The cluster expects no member at {address}: add it first, such as with "
                + $"'etcdctl member add {own.Name} --peer-urls=http://{address}'.");
        // What it has voted and acknowledged is gone with its data: under the same identity it could vote twice.
        if (place.HasStarted)
            throw new IOException(
                $"Member {place.Id} ('{place.Name}') at {address} has run before, and its data is not here: "
                + "remove it from the cluster and add it anew.");
        if (directory.Members.FirstOrDefault(member => member.Name == own.Name) is { } namesake)
            throw new IOException($"The cluster has a member named '{own.Name}' already: {namesake.Id} at {namesake.PeerAddress}.");
        return place;
    }

    private static IEnumerable<PeerMember> Known(GroupMember member) => NetworkAddress.TryParse(member.PeerAddress, out var address)
        ? [new PeerMember(member.Name, address, member.ClientAddress) { Id = member.Id }]
        : [];

    private static PeerMember Described(NodeMember member) => new(member.Name, member.Address, member.ClientAddress?.ToString() ?? "");

    // Names count and addresses do not: a node may move, but a cluster of other first nodes is another cluster.
    private static ulong FirstId(NodeOptions options)
    {
        var id = StableHash.Of(options.Cluster);
        foreach (var name in options.Members.Select(m => m.Name).Order(StringComparer.Ordinal))
            id = StableHash.Combine(id, NodeId.FromName(name).Value);
        return id == 0 ? 1 : id;
    }
}
