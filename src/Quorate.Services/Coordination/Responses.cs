namespace Quorate.Services.Coordination;

/// <summary>What every response says of the store that gave it.</summary>
/// <param name="ClusterId">The cluster.</param>
/// <param name="MemberId">The member that answered.</param>
/// <param name="Revision">The store's revision when the request was served.</param>
/// <param name="RaftTerm">The member's term.</param>
public readonly record struct ResponseHeader(ulong ClusterId, ulong MemberId, long Revision, ulong RaftTerm);

/// <summary>One version of a key.</summary>
public sealed record KeyValue(
    ReadOnlyMemory<byte> Key, long CreateRevision, long ModRevision, long Version, ReadOnlyMemory<byte> Value, long Lease);

/// <summary>The result of one operation, alone or in a transaction.</summary>
public abstract record OperationResponse(ResponseHeader Header);

/// <summary>The keys found. <paramref name="Count"/> counts all keys of the range, whatever the limit.</summary>
public sealed record RangeResponse(ResponseHeader Header, IReadOnlyList<KeyValue> KeyValues, bool More, long Count) : OperationResponse(Header);

/// <summary>A key was written; with its previous version, where that was asked for and there was one.</summary>
public sealed record PutResponse(ResponseHeader Header, KeyValue? PreviousKeyValue) : OperationResponse(Header);

/// <summary>How many keys were deleted, and their last versions where those were asked for.</summary>
public sealed record DeleteRangeResponse(ResponseHeader Header, long Deleted, IReadOnlyList<KeyValue> PreviousKeyValues) : OperationResponse(Header);

/// <summary>Whether all comparisons held, and the results of the list that was done.</summary>
public sealed record TxnResponse(ResponseHeader Header, bool Succeeded, IReadOnlyList<OperationResponse> Responses) : OperationResponse(Header);

/// <summary>A lease was granted.</summary>
public sealed record LeaseGrantResponse(ResponseHeader Header, long Id, long TtlSeconds);

/// <summary>A lease was renewed, or is not there (TTL 0).</summary>
public sealed record LeaseKeepAliveResponse(ResponseHeader Header, long Id, long TtlSeconds);

/// <summary>What is left of a lease (-1: there is none), what was granted, and its keys where those were asked for.</summary>
public sealed record LeaseTimeToLiveResponse(
    ResponseHeader Header, long Id, long TtlSeconds, long GrantedTtlSeconds, IReadOnlyList<ReadOnlyMemory<byte>> Keys);

/// <summary>All leases.</summary>
public sealed record LeaseLeasesResponse(ResponseHeader Header, IReadOnlyList<long> Ids);

/// <summary>A member of the cluster as clients see it. URLs with scheme.</summary>
public sealed record ClusterMember(ulong Id, string Name, IReadOnlyList<string> PeerUrls, IReadOnlyList<string> ClientUrls, bool IsLearner);

/// <summary>The members of the cluster.</summary>
public sealed record MemberListResponse(ResponseHeader Header, IReadOnlyList<ClusterMember> Members);

/// <summary>What came of adding a member.</summary>
/// <param name="Header">The header.</param>
/// <param name="Member">The new member.</param>
/// <param name="Members">All members.</param>
public sealed record MemberAddResponse(ResponseHeader Header, ClusterMember Member, IReadOnlyList<ClusterMember> Members);

/// <summary>The state of one node. Sizes in bytes.</summary>
public sealed record StatusResponse(
    ResponseHeader Header,
    string Version,
    long DatabaseBytes,
    long DatabaseBytesInUse,
    ulong Leader,
    ulong RaftIndex,
    ulong RaftTerm,
    ulong RaftAppliedIndex,
    IReadOnlyList<string> Errors,
    bool IsLearner);

/// <summary>What a message of a watch stream tells.</summary>
public enum WatchMessageKind
{
    /// <summary>The watch began (or was refused: then <see cref="WatchMessage.CancelReason"/> says why, and Canceled is true).</summary>
    Created,

    /// <summary>Events, all of one watch.</summary>
    Events,

    /// <summary>Nothing up to the header's revision is missing. A watch id of -1 speaks for the whole stream.</summary>
    Progress,

    /// <summary>The watch ended.</summary>
    Canceled,
}

/// <summary>A key was written or deleted.</summary>
/// <param name="IsDelete">Whether it was deleted; then the version holds only key and mod revision.</param>
/// <param name="KeyValue">The new version.</param>
/// <param name="PreviousKeyValue">The version before, where it was asked for and is not compacted away.</param>
public sealed record WatchEvent(bool IsDelete, KeyValue KeyValue, KeyValue? PreviousKeyValue);

/// <summary>A message of a watch stream.</summary>
/// <param name="Kind">What it tells.</param>
/// <param name="Header">The store as of the message.</param>
/// <param name="WatchId">Which watch.</param>
/// <param name="Events">The events of <see cref="WatchMessageKind.Events"/>; a revision's events are together unless <paramref
/// name="Fragment"/>.</param>
/// <param name="CompactRevision">Where the watch ended because history is gone, the first revision that is still there.</param>
/// <param name="CancelReason">Why the watch ended or was refused.</param>
/// <param name="Canceled">Whether the watch is over.</param>
/// <param name="Fragment">Whether more of the same revision follows.</param>
public sealed record WatchMessage(
    WatchMessageKind Kind,
    ResponseHeader Header,
    long WatchId,
    IReadOnlyList<WatchEvent> Events,
    long CompactRevision = 0,
    string? CancelReason = null,
    bool Canceled = false,
    bool Fragment = false);
