using Quorate.Kernel.Identity;

namespace Quorate.Protocols.Raft.Quorums;

/// <summary>What a majority of the voters agrees on; in a joint configuration, a majority of both sets of voters.</summary>
/// <remarks>
/// Source: figure 2 of the paper, "If there exists an N such that … a majority of matchIndex[i] ≥ N", and section 6, "Agreement … requires
/// separate majorities from both the old and new configurations".
/// </remarks>
internal sealed class JointQuorum
{
    private readonly int[] voterSlots;
    private readonly int[] outgoingSlots;
    private readonly long[] sorted;

    /// <summary>Places the voters among the members.</summary>
    /// <param name="members">Everyone; a value's place in a span is its member's place here.</param>
    /// <param name="voters">The voters.</param>
    /// <param name="outgoing">The old voters of a joint configuration; else empty.</param>
    public JointQuorum(IReadOnlyList<NodeId> members, IReadOnlyList<NodeId> voters, IReadOnlyList<NodeId> outgoing)
    {
        voterSlots = Slots(members, voters);
        outgoingSlots = Slots(members, outgoing);
        sorted = new long[Math.Max(voterSlots.Length, outgoingSlots.Length)];
    }

    /// <summary>The largest number that a quorum's values reach; <see cref="long.MinValue"/> without a voter.</summary>
    /// <param name="values">A value for each member; those of members without a vote do not count.</param>
    public long Agreed(ReadOnlySpan<long> values)
    {
        if (voterSlots.Length == 0)
            return long.MinValue;
        var agreed = Majority(voterSlots, values);
        return outgoingSlots.Length == 0 ? agreed : Math.Min(agreed, Majority(outgoingSlots, values));
    }

    private long Majority(int[] slots, ReadOnlySpan<long> values)
    {
        // Insertion sort, largest first: groups are small, and their values nearly sorted from one call to the next.
        for (var i = 0; i < slots.Length; i++)
        {
            var value = values[slots[i]];
            var at = i;
            for (; at > 0 && sorted[at - 1] < value; at--)
                sorted[at] = sorted[at - 1];
            sorted[at] = value;
        }

        return sorted[slots.Length / 2];
    }

    private static int[] Slots(IReadOnlyList<NodeId> members, IReadOnlyList<NodeId> nodes)
    {
        var slots = new int[nodes.Count];
        for (var i = 0; i < slots.Length; i++)
        {
            slots[i] = -1;
            for (var slot = 0; slot < members.Count; slot++)
            {
                if (members[slot] == nodes[i])
                    slots[i] = slot;
            }
        }

        return slots;
    }
}
