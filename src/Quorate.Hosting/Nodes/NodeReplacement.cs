using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;
using Quorate.Services.Replication;
using Quorate.Services.Replication.Members;

namespace Quorate.Hosting.Nodes;

/// <summary>Puts this node in the place of one that is dead: it has itself added, and removes the dead one once it votes.</summary>
/// <remarks>
/// Guarantee: the dead member goes only when this one has a vote, and neither step is taken where the voters that can be reached would be no
/// majority. A node that stops in between goes on at its next start. Cost: two changes of members and a snapshot.
/// Fails when: the member that is named answers, or there is none of that name (<see cref="IOException"/>).
/// </remarks>
internal static class NodeReplacement
{
    private const string Component = "replacement";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Has this node added, unless it is a member already.</summary>
    /// <param name="machine">The node's machine.</param>
    /// <param name="options">The node.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">It was refused.</exception>
    public static async ValueTask ApplyAsync(IMachine machine, NodeOptions options, CancellationToken cancellationToken)
    {
        var (at, directory) = await ClusterPlace.AskAnyAsync(machine, options.Join, cancellationToken);
        var own = options.Members[0].Address.ToString();
        if (directory.Members.Any(member => member.PeerAddress == own))
            return;
        await CheckDeadAsync(machine, directory, options.Replaces!, cancellationToken);
        var id = new NodeId((ulong)machine.Random.NextInt64(1, long.MaxValue));
        var member = new GroupMember(id, "", own, "", true) { PromoteWhenReady = true };
        var answer = await ClusterDiscovery.ApplyAsync(
            machine, at, directory.ClusterId, NodeWiring.SystemGroup, member, cancellationToken);
        if (answer != MembershipAnswer.Done)
            throw new IOException($"The cluster does not take this node as a member: {answer}.");
    }

    /// <summary>Removes the dead member once this node has a vote; in the background, on the strand.</summary>
    /// <param name="machine">The node's machine.</param>
    /// <param name="group">The group.</param>
    /// <param name="options">The node.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task FinishAsync(IMachine machine, IReplicatedGroup group, NodeOptions options, CancellationToken cancellationToken)
    {
        while (!await TryRemoveAsync(machine, group, options.Replaces!, cancellationToken))
            await Task.Delay(Pause, machine.Clock, cancellationToken);
    }

    private static async ValueTask CheckDeadAsync(
        IMachine machine, ClusterDirectory directory, string name, CancellationToken cancellationToken)
    {
        var dead = Named(directory.Members, name)
            ?? throw new IOException($"The cluster has no member '{name}': {string.Join(", ", directory.Members.Select(m => m.Name))}.");
        if (!NetworkAddress.TryParse(dead.PeerAddress, out var address))
            return;
        try
        {
            await ClusterDiscovery.AskAsync(machine, address, cancellationToken);
        }
        catch (IOException)
        {
            return; // As it should be.
        }

        throw new IOException($"Member '{name}' answers at {address}: stop it first, or remove it with 'etcdctl member remove'.");
    }

    private static async ValueTask<bool> TryRemoveAsync(
        IMachine machine, IReplicatedGroup group, string name, CancellationToken cancellationToken)
    {
        if (!group.Members.Any(member => member.Id == group.Self && !member.IsLearner))
            return false;
        if (Named(group.Members, name) is not { } dead || dead.Id == group.Self)
            return true;
        try
        {
            var answer = await group.Membership.RemoveAsync(dead.Id, cancellationToken);
            machine.Telemetry.Record(
                Severity.Warning, Component, $"Member '{name}' ({dead.Id}), in whose place this node is: removed, {answer}.");
            return answer is MembershipAnswer.Done or MembershipAnswer.NotFound;
        }
        catch (ReplicationException e)
        {
            machine.Telemetry.Record(Severity.Information, Component, $"Member '{name}' is not removed yet: {e.Message}");
            return false;
        }
    }

    private static GroupMember? Named(IReadOnlyList<GroupMember> members, string name) =>
        members.FirstOrDefault(member => member.Name == name || member.Id.ToString() == name);
}
