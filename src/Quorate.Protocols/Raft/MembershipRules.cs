using Quorate.Kernel.Encoding;

namespace Quorate.Protocols.Raft;

/// <summary>The steps of a change of members. Source: section 6 of the paper; thesis, section 4.3.</summary>
internal static class MembershipRules
{
    /// <summary>Why a change makes no sense, or null.</summary>
    /// <param name="target">What is wanted.</param>
    public static string? Refusal(Configuration target)
    {
        if (target.IsJoint)
            return "the target of a change is not joint";
        if (target.Voters.Count == 0)
            return "a group has at least one voter";
        return target.Learners.Any(target.Voters.Contains) ? "a learner is not a voter" : null;
    }

    /// <summary>The first configuration on the way: the target itself where the voters stay, else C-old,new.</summary>
    /// <param name="current">The configuration in force, not joint.</param>
    /// <param name="target">What is wanted.</param>
    public static Configuration First(Configuration current, Configuration target) =>
        current.Voters.SequenceEqual(target.Voters) || current.Voters.Count == 0
            ? target
            : new Configuration(target.Voters, current.Voters, target.Learners);

    /// <summary>The second configuration on the way: C-new.</summary>
    /// <param name="joint">The joint configuration.</param>
    public static Configuration Last(Configuration joint) => new(joint.Voters, null, joint.Learners);

    /// <summary>The canonical bytes.</summary>
    /// <param name="configuration">Of what.</param>
    public static byte[] Encode(Configuration configuration)
    {
        var writer = new ByteWriter();
        configuration.Write(writer);
        return writer.ToArray();
    }
}
