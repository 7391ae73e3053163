using Quorate.Kernel.Encoding;
using Quorate.Kernel.Machines;
using Quorate.Services.Replication.Members;
using Quorate.Services.Replication.Peers;

namespace Quorate.Services.Replication;

/// <summary>Asks a node what cluster it belongs to.</summary>
public static class ClusterDiscovery
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ChangePatience = TimeSpan.FromSeconds(20);

    /// <summary>Asks the node at an address, over the connection that nodes have with each other.</summary>
    /// <remarks>
    /// Guarantee: what one member knew when it answered, which may be old. Cost: one connection and one round. Fails when: nobody answers
    /// there within 5 s, or it is not a node (<see cref="IOException"/>). Source: docs/formats.md, "Frames".
    /// </remarks>
    /// <param name="machine">The machine that asks.</param>
    /// <param name="address">Where a member listens for its peers.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">There was no answer, or not one that can be read.</exception>
    public static async ValueTask<ClusterDirectory> AskAsync(
        IMachine machine, NetworkAddress address, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(machine);
        var ask = new ByteWriter();
        DirectoryCodec.WriteAsk(ask);
        return await PeerQuestion.AskAsync(
            machine, address, ask, Patience, body => DirectoryCodec.ReadDirectory(body.Span), cancellationToken);
    }

    /// <summary>Asks the cluster, through one of its members, to take a new one.</summary>
    /// <param name="machine">The machine that asks.</param>
    /// <param name="address">Where a member listens for its peers.</param>
    /// <param name="clusterId">The cluster that is meant.</param>
    /// <param name="group">The group.</param>
    /// <param name="member">The new member, under an id that no member ever had.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">There was no answer, or the member refuses to speak.</exception>
    public static async ValueTask<MembershipAnswer> ApplyAsync(
        IMachine machine, NetworkAddress address, ulong clusterId, ulong group, GroupMember member, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(member);
        var ask = new ByteWriter();
        new Application(clusterId, group, member).Write(ask);
        return await PeerQuestion.AskAsync(
            machine, address, ask, ChangePatience, body => Application.ReadAnswer(body.Span), cancellationToken);
    }
}
