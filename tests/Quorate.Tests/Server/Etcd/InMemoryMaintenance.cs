using Quorate.Services.Coordination;

namespace Quorate.Tests.Server.Etcd;

/// <summary>The maintenance of <see cref="InMemoryCoordination"/>: there are no alarms, and nothing else is asked of it.</summary>
public sealed class InMemoryMaintenance : IMaintenance
{
    private static ResponseHeader Header => new(7, 1, 1, 2);

    public ValueTask<HashResponse> HashAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<HashResponse> HashKeysAsync(long revision, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public ValueTask<AlarmResponse> AlarmsAsync(AlarmKind kind, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(new AlarmResponse(Header, []));

    public ValueTask<AlarmResponse> RaiseAlarmAsync(Alarm alarm, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public ValueTask<AlarmResponse> DisarmAlarmAsync(Alarm alarm, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public ValueTask DefragmentAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask MoveLeaderAsync(ulong memberId, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<IBackup> OpenBackupAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<CoordinationFigures> FiguresAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
