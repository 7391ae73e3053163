using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;
using Quorate.Services.Replication;
using Quorate.Services.Replication.Members;

namespace Quorate.Services.Coordination.Serving;

/// <summary>The calls about the cluster's members. All come on the strand.</summary>
internal sealed class MemberCalls(IMachine machine, IReplicatedGroup group, string urlScheme)
{
    /// <summary>All members, by id.</summary>
    public ClusterMember[] List() => [.. group.Members.OrderBy(member => member.Id).Select(Shown)];

    /// <summary>Adds a member under an identity that nobody had before.</summary>
    public async ValueTask<ClusterMember> AddAsync(IReadOnlyList<string> peerUrls, bool isLearner, CancellationToken cancellationToken)
    {
        if (!TryAddress(peerUrls, out var address))
            throw CoordinationErrors.Of(CoordinationError.MemberUrlsInvalid);
        var id = new NodeId((ulong)machine.Random.NextInt64(1, long.MaxValue));
        var member = new GroupMember(id, "", address, "", true) { PromoteWhenReady = !isLearner };
        await AnswerAsync(group.Membership.AddAsync(member, cancellationToken));
        return Shown(member);
    }

    /// <summary>Removes a member.</summary>
    public ValueTask RemoveAsync(ulong id, CancellationToken cancellationToken) =>
        AnswerAsync(group.Membership.RemoveAsync(Known(id), cancellationToken));

    /// <summary>Tells a member's address. As in etcd, a member that is not there is told before URLs that are none.</summary>
    public ValueTask UpdateAsync(ulong id, IReadOnlyList<string> peerUrls, CancellationToken cancellationToken)
    {
        if (!TryAddress(peerUrls, out var address))
            throw CoordinationErrors.Of(IsThere(id) ? CoordinationError.MemberUrlsInvalid : CoordinationError.MemberNotFound);
        return AnswerAsync(group.Membership.MoveAsync(Known(id), address, cancellationToken));
    }

    /// <summary>Promotes a learner.</summary>
    public ValueTask PromoteAsync(ulong id, CancellationToken cancellationToken) =>
        AnswerAsync(group.Membership.PromoteAsync(Known(id), cancellationToken));

    private static NodeId Known(ulong id) => id == 0 ? throw CoordinationErrors.Of(CoordinationError.MemberNotFound) : new NodeId(id);

    private bool IsThere(ulong id) => group.Members.Any(member => member.Id.Value == id);

    private static bool TryAddress(IReadOnlyList<string> urls, out string address)
    {
        address = "";
        var isUrl = urls is [var text] && Uri.TryCreate(text, UriKind.Absolute, out var url)
            && url.Scheme is "http" or "https" && url.AbsolutePath == "/";
        if (!isUrl || !NetworkAddress.TryParse(urls[0][(urls[0].IndexOf("//", StringComparison.Ordinal) + 2)..].TrimEnd('/'), out var parsed))
            return false;
        address = parsed.ToString();
        return true;
    }

    private static async ValueTask AnswerAsync(ValueTask<MembershipAnswer> asked)
    {
        MembershipAnswer answer;
        try
        {
            answer = await asked;
        }
        catch (ReplicationException e)
        {
            throw GroupErrors.Translate(e);
        }

        if (answer != MembershipAnswer.Done)
            throw CoordinationErrors.Of(ErrorOf(answer));
    }

    private static CoordinationError ErrorOf(MembershipAnswer answer) => answer switch
    {
        MembershipAnswer.MemberExists => CoordinationError.MemberExists,
        MembershipAnswer.AddressExists => CoordinationError.MemberUrlExists,
        MembershipAnswer.NotFound => CoordinationError.MemberNotFound,
        MembershipAnswer.NotLearner => CoordinationError.MemberNotLearner,
        MembershipAnswer.NotCaughtUp => CoordinationError.LearnerNotReady,
        MembershipAnswer.TooManyLearners => CoordinationError.TooManyLearners,
        MembershipAnswer.QuorumAtRisk => CoordinationError.UnhealthyCluster,
        _ => CoordinationError.Timeout,
    };

    private ClusterMember Shown(GroupMember member) =>
        new(member.Id.Value, member.Name, Urls(member.PeerAddress), Urls(member.ClientAddress), member.IsLearner);

    private string[] Urls(string address) => address.Length == 0 ? [] : [$"{urlScheme}://{address}"];
}
