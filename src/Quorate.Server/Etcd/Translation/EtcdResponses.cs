using Google.Protobuf;
using Quorate.Services.Coordination;

namespace Quorate.Server.Etcd.Translation;

/// <summary>Turns the service's responses into etcd's. Byte strings are shared, not copied.</summary>
internal static class EtcdResponses
{
    /// <summary>A header.</summary>
    public static Wire.ResponseHeader ToWire(ResponseHeader h) =>
        new() { ClusterId = h.ClusterId, MemberId = h.MemberId, Revision = h.Revision, RaftTerm = h.RaftTerm };

    /// <summary>A response that is only its header.</summary>
    public static Wire.HeaderResponse ToHeaderResponse(ResponseHeader h) => new() { Header = ToWire(h) };

    /// <summary>A range.</summary>
    public static Wire.RangeResponse ToWire(RangeResponse r)
    {
        var wire = new Wire.RangeResponse { Header = ToWire(r.Header), More = r.More, Count = r.Count };
        AddAll(wire.Kvs, r.KeyValues);
        return wire;
    }

    /// <summary>A put.</summary>
    public static Wire.PutResponse ToWire(PutResponse r) => new() { Header = ToWire(r.Header), PrevKv = ToWire(r.PreviousKeyValue) };

    /// <summary>A delete.</summary>
    public static Wire.DeleteRangeResponse ToWire(DeleteRangeResponse r)
    {
        var wire = new Wire.DeleteRangeResponse { Header = ToWire(r.Header), Deleted = r.Deleted };
        AddAll(wire.PrevKvs, r.PreviousKeyValues);
        return wire;
    }

    /// <summary>A transaction.</summary>
    public static Wire.TxnResponse ToWire(TxnResponse r)
    {
        var wire = new Wire.TxnResponse { Header = ToWire(r.Header), Succeeded = r.Succeeded };
        foreach (var response in r.Responses)
            wire.Responses.Add(ToOperation(response));
        return wire;
    }

    /// <summary>A message of a watch stream.</summary>
    public static Wire.WatchResponse ToWire(WatchMessage m)
    {
        var wire = new Wire.WatchResponse
        {
            Header = ToWire(m.Header),
            WatchId = m.WatchId,
            Created = m.Kind == WatchMessageKind.Created,
            Canceled = m.Canceled || m.Kind == WatchMessageKind.Canceled,
            CompactRevision = m.CompactRevision,
            CancelReason = m.CancelReason ?? "",
            Fragment = m.Fragment,
        };
        foreach (var e in m.Events)
            wire.Events.Add(ToWire(e));
        return wire;
    }

    /// <summary>A granted lease.</summary>
    public static Wire.LeaseGrantResponse ToWire(LeaseGrantResponse r) =>
        new() { Header = ToWire(r.Header), ID = r.Id, TTL = r.TtlSeconds };

    /// <summary>A renewed lease.</summary>
    public static Wire.LeaseKeepAliveResponse ToWire(LeaseKeepAliveResponse r) =>
        new() { Header = ToWire(r.Header), ID = r.Id, TTL = r.TtlSeconds };

    /// <summary>What is left of a lease.</summary>
    public static Wire.LeaseTimeToLiveResponse ToWire(LeaseTimeToLiveResponse r)
    {
        var wire = new Wire.LeaseTimeToLiveResponse
        {
            Header = ToWire(r.Header),
            ID = r.Id,
            TTL = r.TtlSeconds,
            GrantedTTL = r.GrantedTtlSeconds,
        };
        foreach (var key in r.Keys)
            wire.Keys.Add(Wrap(key));
        return wire;
    }

    /// <summary>All leases.</summary>
    public static Wire.LeaseLeasesResponse ToWire(LeaseLeasesResponse r)
    {
        var wire = new Wire.LeaseLeasesResponse { Header = ToWire(r.Header) };
        foreach (var id in r.Ids)
            wire.Leases.Add(new Wire.LeaseStatus { ID = id });
        return wire;
    }

    /// <summary>The members.</summary>
    public static Wire.MemberListResponse ToWire(MemberListResponse r)
    {
        var wire = new Wire.MemberListResponse { Header = ToWire(r.Header) };
        wire.Members.AddRange(r.Members.Select(ToWire));
        return wire;
    }

    /// <summary>What came of adding a member.</summary>
    public static Wire.MemberAddResponse ToWire(MemberAddResponse r)
    {
        var wire = new Wire.MemberAddResponse { Header = ToWire(r.Header), Member = ToWire(r.Member) };
        wire.Members.AddRange(r.Members.Select(ToWire));
        return wire;
    }

    private static Wire.Member ToWire(ClusterMember m)
    {
        var member = new Wire.Member { ID = m.Id, Name = m.Name, IsLearner = m.IsLearner };
        member.PeerURLs.AddRange(m.PeerUrls);
        member.ClientURLs.AddRange(m.ClientUrls);
        return member;
    }

    /// <summary>The state of a node.</summary>
    public static Wire.StatusResponse ToWire(StatusResponse r)
    {
        var wire = new Wire.StatusResponse
        {
            Header = ToWire(r.Header),
            Version = r.Version,
            DbSize = r.DatabaseBytes,
            DbSizeInUse = r.DatabaseBytesInUse,
            Leader = r.Leader,
            RaftIndex = r.RaftIndex,
            RaftTerm = r.RaftTerm,
            RaftAppliedIndex = r.RaftAppliedIndex,
            IsLearner = r.IsLearner,
        };
        wire.Errors.AddRange(r.Errors);
        return wire;
    }

    /// <summary>A hash of keys.</summary>
    public static Wire.HashKVResponse ToWire(HashResponse r) =>
        new() { Header = ToWire(r.Header), Hash = r.Hash, CompactRevision = r.CompactRevision };

    /// <summary>Alarms. etcd 3.4 gives them no header.</summary>
    public static Wire.AlarmResponse ToWire(AlarmResponse r)
    {
        var wire = new Wire.AlarmResponse();
        foreach (var alarm in r.Alarms)
            wire.Alarms.Add(new Wire.AlarmMember { MemberID = alarm.MemberId, Alarm = (Wire.AlarmType)alarm.Kind });
        return wire;
    }

    /// <summary>A version of a key; null for none.</summary>
    public static Wire.KeyValue? ToWire(KeyValue? kv) => kv is null ? null : new()
    {
        Key = Wrap(kv.Key),
        Value = Wrap(kv.Value),
        CreateRevision = kv.CreateRevision,
        ModRevision = kv.ModRevision,
        Version = kv.Version,
        Lease = kv.Lease,
    };

    private static Wire.ResponseOp ToOperation(OperationResponse response) => response switch
    {
        RangeResponse r => new() { ResponseRange = ToWire(r) },
        PutResponse r => new() { ResponsePut = ToWire(r) },
        DeleteRangeResponse r => new() { ResponseDeleteRange = ToWire(r) },
        TxnResponse r => new() { ResponseTxn = ToWire(r) },
        _ => throw new NotSupportedException($"A transaction cannot answer with {response.GetType().Name}."),
    };

    /// <summary>An event.</summary>
    public static Wire.Event ToWire(WatchEvent e) => new()
    {
        Type = e.IsDelete ? Wire.Event.Types.EventType.Delete : Wire.Event.Types.EventType.Put,
        Kv = ToWire(e.KeyValue),
        PrevKv = ToWire(e.PreviousKeyValue),
    };

    private static void AddAll(Google.Protobuf.Collections.RepeatedField<Wire.KeyValue> to, IReadOnlyList<KeyValue> from)
    {
        to.Capacity = from.Count;
        foreach (var kv in from)
            to.Add(ToWire(kv)!);
    }

    private static ByteString Wrap(ReadOnlyMemory<byte> bytes) => UnsafeByteOperations.UnsafeWrap(bytes);
}
