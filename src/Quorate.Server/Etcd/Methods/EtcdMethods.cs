using Quorate.Server.Etcd.Translation;
using Quorate.Services.Coordination;

namespace Quorate.Server.Etcd.Methods;

/// <summary>Every method of etcd's API that is answered.</summary>
/// <remarks>Source: etcd 3.4, etcdserverpb/rpc.proto and rpc.pb.gw.go (the gateway's paths).</remarks>
internal static class EtcdMethods
{
    /// <summary>The table of the methods.</summary>
    /// <param name="access">The services that do the work.</param>
    /// <param name="requestBytesMax">The largest writing request, in bytes.</param>
    public static MethodTable Of(IClientAccess access, int requestBytesMax)
    {
        var table = new MethodTable(access, requestBytesMax);
        AddKeyValues(table);
        AddLeases(table);
        AddCluster(table);
        MaintenanceMethods.AddTo(table);
        ConcurrencyMethods.AddTo(table);
        AuthenticationMethods.AddTo(table);
        table.Add("/etcdserverpb.Watch/Watch", ["/watch"], table.Stream(
            (calls, exchange, c) => new EtcdStreams(calls).WatchAsync(exchange, c), takesMany: true));
        table.Add("/etcdserverpb.Lease/LeaseKeepAlive", ["/lease/keepalive"], table.Stream(
            (calls, exchange, c) => new EtcdStreams(calls).KeepAliveAsync(exchange, c), takesMany: true));
        return table;
    }

    private static void AddKeyValues(MethodTable table)
    {
        const string Service = "/etcdserverpb.KV/";
        table.Add(Service + "Range", ["/kv/range"], table.Read<Wire.RangeRequest, RangeRequest, RangeResponse>(
            Wire.RangeRequest.Parser, EtcdRequests.ToRequest, static (calls, r, c) => calls.Coordination.RangeAsync(r, c), EtcdResponses.ToWire));
        table.Add(Service + "Put", ["/kv/put"], table.Write<Wire.PutRequest, PutRequest, PutResponse>(
            Wire.PutRequest.Parser, EtcdRequests.ToRequest, static (calls, r, c) => calls.Coordination.PutAsync(r, c), EtcdResponses.ToWire));
        table.Add(Service + "DeleteRange", ["/kv/deleterange"], table.Write<Wire.DeleteRangeRequest, DeleteRangeRequest, DeleteRangeResponse>(
            Wire.DeleteRangeRequest.Parser,
            EtcdRequests.ToRequest,
            static (calls, r, c) => calls.Coordination.DeleteRangeAsync(r, c),
            EtcdResponses.ToWire));
        table.Add(Service + "Txn", ["/kv/txn"], table.Write<Wire.TxnRequest, TxnRequest, TxnResponse>(
            Wire.TxnRequest.Parser, EtcdRequests.ToRequest, static (calls, r, c) => calls.Coordination.TxnAsync(r, c), EtcdResponses.ToWire));
        table.Add(Service + "Compact", ["/kv/compaction"], table.Plain(
            Wire.CompactionRequest.Parser,
            static (calls, r, c) => calls.Coordination.CompactAsync(r.Revision, r.Physical, c),
            EtcdResponses.ToHeaderResponse));
    }

    private static void AddLeases(MethodTable table)
    {
        const string Service = "/etcdserverpb.Lease/";
        table.Add(Service + "LeaseGrant", ["/lease/grant"], table.Plain(
            Wire.LeaseGrantRequest.Parser, static (calls, r, c) => calls.Coordination.LeaseGrantAsync(r.ID, r.TTL, c), EtcdResponses.ToWire));
        table.Add(Service + "LeaseRevoke", ["/lease/revoke", "/kv/lease/revoke"], table.Plain(
            Wire.LeaseRevokeRequest.Parser, static (calls, r, c) => calls.Coordination.LeaseRevokeAsync(r.ID, c), EtcdResponses.ToHeaderResponse));
        table.Add(Service + "LeaseTimeToLive", ["/lease/timetolive", "/kv/lease/timetolive"], table.Plain(
            Wire.LeaseTimeToLiveRequest.Parser,
            static (calls, r, c) => calls.Coordination.LeaseTimeToLiveAsync(r.ID, r.Keys, c), EtcdResponses.ToWire));
        table.Add(Service + "LeaseLeases", ["/lease/leases", "/kv/lease/leases"], table.Empty(
            static (calls, c) => calls.Coordination.LeaseLeasesAsync(c), EtcdResponses.ToWire));
    }

    private static void AddCluster(MethodTable table)
    {
        const string Service = "/etcdserverpb.Cluster/";
        table.Add(Service + "MemberList", ["/cluster/member/list"], table.Plain(
            Wire.MemberListRequest.Parser, static (calls, r, c) => calls.Coordination.MemberListAsync(r.Linearizable, c), EtcdResponses.ToWire));
        table.Add(Service + "MemberAdd", ["/cluster/member/add"], table.Plain(
            Wire.MemberAddRequest.Parser,
            static (calls, r, c) => calls.Coordination.MemberAddAsync([.. r.PeerURLs], r.IsLearner, c), EtcdResponses.ToWire));
        table.Add(Service + "MemberRemove", ["/cluster/member/remove"], table.Plain(
            Wire.MemberRemoveRequest.Parser, static (calls, r, c) => calls.Coordination.MemberRemoveAsync(r.ID, c), EtcdResponses.ToWire));
        table.Add(Service + "MemberUpdate", ["/cluster/member/update"], table.Plain(
            Wire.MemberUpdateRequest.Parser,
            static (calls, r, c) => calls.Coordination.MemberUpdateAsync(r.ID, [.. r.PeerURLs], c), EtcdResponses.ToWire));
        table.Add(Service + "MemberPromote", ["/cluster/member/promote"], table.Plain(
            Wire.MemberPromoteRequest.Parser, static (calls, r, c) => calls.Coordination.MemberPromoteAsync(r.ID, c), EtcdResponses.ToWire));
    }
}
