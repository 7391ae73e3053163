using Quorate.Server.Etcd.Translation;
using Quorate.Server.Grpc;
using Quorate.Services.Coordination;

namespace Quorate.Server.Etcd.Methods;

/// <summary>Every method of etcd's API that is answered.</summary>
/// <remarks>Source: etcd 3.4, etcdserverpb/rpc.proto and rpc.pb.gw.go (the gateway's paths).</remarks>
internal static class EtcdMethods
{
    /// <summary>The table of the methods.</summary>
    /// <param name="coordination">The service that does the work.</param>
    /// <param name="maintenance">Its maintenance.</param>
    /// <param name="requestBytesMax">The largest writing request, in bytes.</param>
    public static MethodTable Of(ICoordination coordination, IMaintenance maintenance, int requestBytesMax)
    {
        var table = new MethodTable(requestBytesMax);
        AddKeyValues(table, coordination);
        AddLeases(table, coordination);
        AddCluster(table, coordination);
        MaintenanceMethods.AddTo(table, coordination, maintenance);
        ConcurrencyMethods.AddTo(table, coordination);
        AuthenticationMethods.AddTo(table, coordination);
        var streams = new EtcdStreams(coordination);
        table.Add("/etcdserverpb.Watch/Watch", ["/watch"], new StreamMethod(streams.WatchAsync, takesMany: true));
        table.Add("/etcdserverpb.Lease/LeaseKeepAlive", ["/lease/keepalive"], new StreamMethod(streams.KeepAliveAsync, takesMany: true));
        return table;
    }

    private static void AddKeyValues(MethodTable table, ICoordination coordination)
    {
        const string Service = "/etcdserverpb.KV/";
        table.Add(Service + "Range", ["/kv/range"], new UnaryMethod<Wire.RangeRequest, RangeRequest, RangeResponse>(
            Wire.RangeRequest.Parser, EtcdRequests.ToRequest, coordination.RangeAsync, EtcdResponses.ToWire));
        table.Add(Service + "Put", ["/kv/put"], table.Write<Wire.PutRequest, PutRequest, PutResponse>(
            Wire.PutRequest.Parser, EtcdRequests.ToRequest, coordination.PutAsync, EtcdResponses.ToWire));
        table.Add(Service + "DeleteRange", ["/kv/deleterange"], table.Write<Wire.DeleteRangeRequest, DeleteRangeRequest, DeleteRangeResponse>(
            Wire.DeleteRangeRequest.Parser, EtcdRequests.ToRequest, coordination.DeleteRangeAsync, EtcdResponses.ToWire));
        table.Add(Service + "Txn", ["/kv/txn"], table.Write<Wire.TxnRequest, TxnRequest, TxnResponse>(
            Wire.TxnRequest.Parser, EtcdRequests.ToRequest, coordination.TxnAsync, EtcdResponses.ToWire));
        table.Add(Service + "Compact", ["/kv/compaction"], MethodTable.Plain(
            Wire.CompactionRequest.Parser,
            (r, c) => coordination.CompactAsync(r.Revision, r.Physical, c),
            EtcdResponses.ToHeaderResponse));
    }

    private static void AddLeases(MethodTable table, ICoordination coordination)
    {
        const string Service = "/etcdserverpb.Lease/";
        table.Add(Service + "LeaseGrant", ["/lease/grant"], MethodTable.Plain(
            Wire.LeaseGrantRequest.Parser, (r, c) => coordination.LeaseGrantAsync(r.ID, r.TTL, c), EtcdResponses.ToWire));
        table.Add(Service + "LeaseRevoke", ["/lease/revoke", "/kv/lease/revoke"], MethodTable.Plain(
            Wire.LeaseRevokeRequest.Parser, (r, c) => coordination.LeaseRevokeAsync(r.ID, c), EtcdResponses.ToHeaderResponse));
        table.Add(Service + "LeaseTimeToLive", ["/lease/timetolive", "/kv/lease/timetolive"], MethodTable.Plain(
            Wire.LeaseTimeToLiveRequest.Parser, (r, c) => coordination.LeaseTimeToLiveAsync(r.ID, r.Keys, c), EtcdResponses.ToWire));
        table.Add(Service + "LeaseLeases", ["/lease/leases", "/kv/lease/leases"], MethodTable.Empty(
            coordination.LeaseLeasesAsync, EtcdResponses.ToWire));
    }

    private static void AddCluster(MethodTable table, ICoordination coordination)
    {
        const string Service = "/etcdserverpb.Cluster/";
        table.Add(Service + "MemberList", ["/cluster/member/list"], MethodTable.Plain(
            Wire.MemberListRequest.Parser, (r, c) => coordination.MemberListAsync(r.Linearizable, c), EtcdResponses.ToWire));
        table.Add(Service + "MemberAdd", ["/cluster/member/add"], MethodTable.Plain(
            Wire.MemberAddRequest.Parser, (r, c) => coordination.MemberAddAsync([.. r.PeerURLs], r.IsLearner, c), EtcdResponses.ToWire));
        table.Add(Service + "MemberRemove", ["/cluster/member/remove"], MethodTable.Plain(
            Wire.MemberRemoveRequest.Parser, (r, c) => coordination.MemberRemoveAsync(r.ID, c), EtcdResponses.ToWire));
        table.Add(Service + "MemberUpdate", ["/cluster/member/update"], MethodTable.Plain(
            Wire.MemberUpdateRequest.Parser, (r, c) => coordination.MemberUpdateAsync(r.ID, [.. r.PeerURLs], c), EtcdResponses.ToWire));
        table.Add(Service + "MemberPromote", ["/cluster/member/promote"], MethodTable.Plain(
            Wire.MemberPromoteRequest.Parser, (r, c) => coordination.MemberPromoteAsync(r.ID, c), EtcdResponses.ToWire));
    }
}
