using Google.Protobuf;
using Quorate.Server.Etcd.Translation;
using Quorate.Server.Grpc;
using Quorate.Services.Coordination;

namespace Quorate.Server.Etcd.Methods;

/// <summary>The methods of maintenance. Source: etcd 3.4, etcdserver/api/v3rpc/maintenance.go.</summary>
internal static class MaintenanceMethods
{
    // etcd's own, and what clients have room for by default.
    private const int PieceBytesMax = 32 << 10;

    /// <summary>Adds them.</summary>
    /// <param name="table">Where to.</param>
    public static void AddTo(MethodTable table)
    {
        const string Service = "/etcdserverpb.Maintenance/";
        table.Add(Service + "Status", ["/maintenance/status"], table.Empty(
            static (calls, c) => calls.Coordination.StatusAsync(c), EtcdResponses.ToWire));
        table.Add(Service + "Hash", ["/maintenance/hash"], table.Empty(
            static (calls, c) => InAuthsWordsAsync(() => calls.Maintenance.HashAsync(c)),
            static r => new Wire.HashResponse { Header = EtcdResponses.ToWire(r.Header), Hash = r.Hash }));
        // The gateway of etcd 3.4 does not serve this one; later ones do.
        table.Add(Service + "HashKV", ["/maintenance/hashkv"], table.Plain(
            Wire.HashKVRequest.Parser,
            static (calls, r, c) => InAuthsWordsAsync(() => calls.Maintenance.HashKeysAsync(r.Revision, c)), EtcdResponses.ToWire));
        table.Add(Service + "Alarm", ["/maintenance/alarm"], table.Plain(
            Wire.AlarmRequest.Parser, static (calls, r, c) => InAuthsWordsAsync(() => AlarmAsync(calls.Maintenance, r, c)), EtcdResponses.ToWire));
        table.Add(Service + "Defragment", ["/maintenance/defragment"], table.Empty(
            static (calls, c) => InAuthsWordsAsync(async () =>
            {
                await calls.Maintenance.DefragmentAsync(c);
                return true;
            }),
            static _ => new Wire.HeaderResponse()));
        table.Add(Service + "MoveLeader", ["/maintenance/transfer-leadership"], table.Plain(
            Wire.MoveLeaderRequest.Parser,
            static async (calls, r, c) =>
            {
                await calls.Maintenance.MoveLeaderAsync(r.TargetID, c);
                return true;
            },
            static _ => new Wire.HeaderResponse()));
        table.Add(Service + "Snapshot", ["/maintenance/snapshot"], table.Stream(
            static (calls, exchange, c) => SnapshotAsync(calls.Maintenance, exchange, c), takesMany: false));
    }

    private static ValueTask<AlarmResponse> AlarmAsync(
        IMaintenance maintenance, Wire.AlarmRequest request, CancellationToken cancellationToken)
    {
        var alarm = new Alarm(request.MemberID, EtcdRequests.ToKind(request.Alarm));
        return request.Action switch
        {
            Wire.AlarmRequest.Types.AlarmAction.Get => maintenance.AlarmsAsync(alarm.Kind, cancellationToken),
            Wire.AlarmRequest.Types.AlarmAction.Activate => maintenance.RaiseAlarmAsync(alarm, cancellationToken),
            Wire.AlarmRequest.Types.AlarmAction.Deactivate => maintenance.DisarmAlarmAsync(alarm, cancellationToken),
            _ => throw EtcdRequests.Invalid("alarm action"),
        };
    }

    private static async ValueTask SnapshotAsync(IMaintenance maintenance, IMessageExchange exchange, CancellationToken cancellationToken)
    {
        await exchange.ReadNextAsync(Wire.EmptyRequest.Parser, cancellationToken);
        await using var backup = await InAuthsWordsAsync(() => maintenance.OpenBackupAsync(cancellationToken));
        // The checksum at the end is not counted, as in etcd.
        const int ChecksumBytes = 32;
        var left = backup.Bytes - ChecksumBytes;
        while (await backup.ReadAsync(cancellationToken) is { } piece)
        {
            for (; !piece.IsEmpty; piece = piece[Math.Min(piece.Length, PieceBytesMax)..])
            {
                var part = piece[..Math.Min(piece.Length, PieceBytesMax)];
                left -= part.Length;
                var message = new Wire.SnapshotResponse
                {
                    RemainingBytes = (ulong)Math.Max(left, 0),
                    Blob = UnsafeByteOperations.UnsafeWrap(part),
                };
                await exchange.WriteAsync(message, cancellationToken);
            }
        }
    }

    // In etcd these refusals reach the caller as they are, without code and with the word of another package in front.
    private static async ValueTask<T> InAuthsWordsAsync<T>(Func<ValueTask<T>> call)
    {
        try
        {
            return await call();
        }
        catch (CoordinationException e) when (e.Error is CoordinationError.UserEmpty or CoordinationError.PermissionDenied
            or CoordinationError.InvalidAuthToken)
        {
            throw new GrpcException(GrpcCode.Unknown, e.Message.Replace("etcdserver: ", "auth: ", StringComparison.Ordinal));
        }
    }
}
