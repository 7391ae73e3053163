using System.Buffers;
using Google.Protobuf;
using Quorate.Server.Grpc;
using Quorate.Services.Coordination;

namespace Quorate.Server.Etcd;

/// <summary>The methods of etcd's API that are answered, by path.</summary>
/// <param name="coordination">The service that does the work.</param>
/// <param name="requestBytesMax">The largest writing request, in bytes.</param>
internal sealed class EtcdMethods(ICoordination coordination, int requestBytesMax)
{
    /// <summary>The table of the methods.</summary>
    public IReadOnlyDictionary<string, GrpcMethod> All()
    {
        var methods = new Dictionary<string, GrpcMethod>(StringComparer.Ordinal);
        AddKeyValues(methods);
        AddLeases(methods);
        AddCluster(methods);
        AddAuthentication(methods);
        var streams = new EtcdStreams(coordination);
        methods["/etcdserverpb.Watch/Watch"] = new StreamMethod(streams.WatchAsync);
        methods["/etcdserverpb.Lease/LeaseKeepAlive"] = new StreamMethod(streams.KeepAliveAsync);
        return methods;
    }

    private void AddKeyValues(Dictionary<string, GrpcMethod> methods)
    {
        const string Service = "/etcdserverpb.KV/";
        methods[Service + "Range"] = Unary(
            static body => EtcdRequests.ToRequest(Wire.RangeRequest.Parser.ParseFrom(body)), coordination.RangeAsync, EtcdResponses.ToWire);
        methods[Service + "Put"] = Write(
            static body => EtcdRequests.ToRequest(Wire.PutRequest.Parser.ParseFrom(body)), coordination.PutAsync, EtcdResponses.ToWire);
        methods[Service + "DeleteRange"] = Write(
            static body => EtcdRequests.ToRequest(Wire.DeleteRangeRequest.Parser.ParseFrom(body)),
            coordination.DeleteRangeAsync,
            EtcdResponses.ToWire);
        methods[Service + "Txn"] = Write(
            static body => EtcdRequests.ToRequest(Wire.TxnRequest.Parser.ParseFrom(body)), coordination.TxnAsync, EtcdResponses.ToWire);
        methods[Service + "Compact"] = Unary(
            static body => Wire.CompactionRequest.Parser.ParseFrom(body),
            (r, c) => coordination.CompactAsync(r.Revision, r.Physical, c),
            EtcdResponses.ToHeaderResponse);
    }

    private void AddLeases(Dictionary<string, GrpcMethod> methods)
    {
        const string Service = "/etcdserverpb.Lease/";
        methods[Service + "LeaseGrant"] = Unary(
            static body => Wire.LeaseGrantRequest.Parser.ParseFrom(body),
            (r, c) => coordination.LeaseGrantAsync(r.ID, r.TTL, c),
            EtcdResponses.ToWire);
        methods[Service + "LeaseRevoke"] = Unary(
            static body => Wire.LeaseRevokeRequest.Parser.ParseFrom(body),
            (r, c) => coordination.LeaseRevokeAsync(r.ID, c),
            EtcdResponses.ToHeaderResponse);
        methods[Service + "LeaseTimeToLive"] = Unary(
            static body => Wire.LeaseTimeToLiveRequest.Parser.ParseFrom(body),
            (r, c) => coordination.LeaseTimeToLiveAsync(r.ID, r.Keys, c),
            EtcdResponses.ToWire);
        methods[Service + "LeaseLeases"] = Empty(coordination.LeaseLeasesAsync, EtcdResponses.ToWire);
    }

    private void AddCluster(Dictionary<string, GrpcMethod> methods)
    {
        const string Service = "/etcdserverpb.Cluster/";
        methods[Service + "MemberList"] = Unary(
            static body => Wire.MemberListRequest.Parser.ParseFrom(body),
            (r, c) => coordination.MemberListAsync(r.Linearizable, c),
            EtcdResponses.ToWire);
        methods[Service + "MemberAdd"] = Unary(
            static body => Wire.MemberAddRequest.Parser.ParseFrom(body),
            (r, c) => coordination.MemberAddAsync([.. r.PeerURLs], r.IsLearner, c),
            EtcdResponses.ToWire);
        methods[Service + "MemberRemove"] = Unary(
            static body => Wire.MemberRemoveRequest.Parser.ParseFrom(body),
            (r, c) => coordination.MemberRemoveAsync(r.ID, c),
            EtcdResponses.ToWire);
        methods[Service + "MemberUpdate"] = Unary(
            static body => Wire.MemberUpdateRequest.Parser.ParseFrom(body),
            (r, c) => coordination.MemberUpdateAsync(r.ID, [.. r.PeerURLs], c),
            EtcdResponses.ToWire);
        methods[Service + "MemberPromote"] = Unary(
            static body => Wire.MemberPromoteRequest.Parser.ParseFrom(body),
            (r, c) => coordination.MemberPromoteAsync(r.ID, c),
            EtcdResponses.ToWire);
        methods["/etcdserverpb.Maintenance/Status"] = Empty(coordination.StatusAsync, EtcdResponses.ToWire);
        // There are no alarms to list: a full disk is answered where it is met. Setting one is refused.
        methods["/etcdserverpb.Maintenance/Alarm"] = Unary(
            static body => Wire.AlarmRequest.Parser.ParseFrom(body), AlarmsAsync, EtcdResponses.ToHeaderResponse);
    }

    // As an etcd on which nobody has set up authentication: nothing to list, nobody to log in, and it cannot be enabled without a root
    // user.
    private void AddAuthentication(Dictionary<string, GrpcMethod> methods)
    {
        const string Service = "/etcdserverpb.Auth/";
        foreach (var name in (string[])["AuthDisable", "UserList", "RoleList"])
            methods[Service + name] = Empty(HeaderAsync, EtcdResponses.ToHeaderResponse);
        Refuse("AuthEnable", EtcdErrors.RootUserNotExist);
        Refuse("Authenticate", EtcdErrors.AuthNotEnabled);
        foreach (var name in (string[])["UserGet", "UserDelete", "UserChangePassword", "UserGrantRole", "UserRevokeRole"])
            Refuse(name, EtcdErrors.UserNotFound);
        foreach (var name in (string[])["RoleGet", "RoleDelete", "RoleGrantPermission", "RoleRevokePermission"])
            Refuse(name, EtcdErrors.RoleNotFound);
        foreach (var name in (string[])["UserAdd", "RoleAdd"])
            Refuse(name, () => new GrpcException(GrpcCode.Unimplemented, $"{name}: this server has no authentication"));

        void Refuse(string name, Func<GrpcException> error) =>
            methods[Service + name] = Empty<ResponseHeader>(_ => throw error(), EtcdResponses.ToHeaderResponse);
    }

    private async ValueTask<ResponseHeader> HeaderAsync(CancellationToken cancellationToken) =>
        (await coordination.StatusAsync(cancellationToken)).Header;

    private ValueTask<ResponseHeader> AlarmsAsync(Wire.AlarmRequest request, CancellationToken cancellationToken) =>
        request.Action == Wire.AlarmRequest.Types.AlarmAction.Get
            ? HeaderAsync(cancellationToken)
            : throw new GrpcException(GrpcCode.Unimplemented, "Alarm: this server has no alarms to set");

    private static UnaryMethod<TRequest, TResponse> Unary<TRequest, TResponse>(
        Func<ReadOnlySequence<byte>, TRequest> decode,
        Func<TRequest, CancellationToken, ValueTask<TResponse>> handle,
        Func<TResponse, IMessage> encode) =>
        new(decode, handle, (response, output) => GrpcFrame.Write(encode(response), output));

    private UnaryMethod<TRequest, TResponse> Write<TRequest, TResponse>(
        Func<ReadOnlySequence<byte>, TRequest> decode,
        Func<TRequest, CancellationToken, ValueTask<TResponse>> handle,
        Func<TResponse, IMessage> encode) =>
        new(decode, handle, (response, output) => GrpcFrame.Write(encode(response), output), RefuseTooLarge);

    // The body of a request without fields that matter is not looked at.
    private static UnaryMethod<bool, TResponse> Empty<TResponse>(
        Func<CancellationToken, ValueTask<TResponse>> handle, Func<TResponse, IMessage> encode) =>
        new(static _ => true, (_, c) => handle(c), (response, output) => GrpcFrame.Write(encode(response), output));

    private void RefuseTooLarge(long bytes)
    {
        if (bytes > requestBytesMax)
            throw EtcdErrors.Of(CoordinationError.RequestTooLarge);
    }
}
