using Quorate.Kernel.Encoding;
using Quorate.Services.Coordination.Keys;
using Quorate.Services.Coordination.Values;
using Quorate.Services.Replication;

namespace Quorate.Services.Coordination.Store;

/// <summary>
/// A store as of one revision. Nothing is copied but the list of leases: versions are only ever appended, and freeing waits as long as
/// the cut is open.
/// </summary>
internal sealed class StateCut : IStateCut
{
    private readonly MvccState state;
    private readonly Action closed;
    private readonly long revision;
    private readonly long compactRevision;
    private readonly long lessorTerm;
    private readonly Lease[] leases;
    private readonly Alarm[] alarms;
    private readonly AuthCut? auth;
    private readonly ByteWriter block = new(StateFormat.BlockBytes * 2);
    private KeyNode? lastKey;
    private long versions;
    private bool isClosed;

    /// <summary>Takes the cut.</summary>
    /// <param name="state">The store.</param>
    /// <param name="closed">Called once when the cut is disposed.</param>
    public StateCut(MvccState state, Action closed)
    {
        (this.state, this.closed) = (state, closed);
        (revision, compactRevision, lessorTerm) = (state.Revision, state.CompactRevision, state.Leases.LessorTerm);
        leases = state.Leases.InOrder();
        alarms = state.Alarms.Of(AlarmKind.None);
        auth = state.Auth.IsUntouched ? null : new AuthCut(state.Auth);
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(IStateSink sink, CancellationToken cancellationToken)
    {
        (versions, lastKey) = (0, null);
        block.Clear();
        block.WriteUInt64(auth is null ? StateFormat.Magic : StateFormat.MagicWithAuth);
        Begin(BlockKind.Header);
        block.WriteVarInt(revision);
        block.WriteVarInt(compactRevision);
        block.WriteVarInt(lessorTerm);
        await FlushAsync(sink, sizeof(ulong), cancellationToken);
        await WriteLeasesAsync(sink, cancellationToken);
        await WriteAlarmsAsync(sink, cancellationToken);
        await WriteAuthAsync(sink, cancellationToken);
        await WriteKeysAsync(sink, cancellationToken);
        Begin(BlockKind.End);
        block.WriteVarInt(leases.Length);
        block.WriteVarInt(versions);
        await FlushAsync(sink, 0, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (isClosed)
            return;
        isClosed = true;
        closed();
    }

    private async ValueTask WriteLeasesAsync(IStateSink sink, CancellationToken cancellationToken)
    {
        var next = 0;
        while (next < leases.Length)
        {
            Begin(BlockKind.Leases);
            for (; next < leases.Length && block.Length < StateFormat.BlockBytes; next++)
            {
                block.WriteVarInt(leases[next].Id);
                block.WriteVarInt(leases[next].TtlSeconds);
            }

            await FlushAsync(sink, 0, cancellationToken);
        }
    }

    // A state without alarms has no such block: it reads as before there were any.
    private async ValueTask WriteAlarmsAsync(IStateSink sink, CancellationToken cancellationToken)
    {
        if (alarms.Length == 0)
            return;
        Begin(BlockKind.Alarms);
        foreach (var alarm in alarms)
        {
            block.WriteVarInt((long)alarm.MemberId);
            block.WriteByte((byte)alarm.Kind);
        }

        await FlushAsync(sink, 0, cancellationToken);
    }

    private async ValueTask WriteAuthAsync(IStateSink sink, CancellationToken cancellationToken)
    {
        if (auth is null)
            return;
        Begin(BlockKind.Authentication);
        auth.WriteHead(block);
        await FlushAsync(sink, 0, cancellationToken);
        for (var next = 0; next < auth.Users.Length;)
        {
            Begin(BlockKind.Users);
            for (; next < auth.Users.Length && block.Length < StateFormat.BlockBytes; next++)
                AuthCut.Write(auth.Users[next], block);
            await FlushAsync(sink, 0, cancellationToken);
        }

        for (var next = 0; next < auth.Roles.Length;)
        {
            Begin(BlockKind.Roles);
            for (; next < auth.Roles.Length && block.Length < StateFormat.BlockBytes; next++)
                AuthCut.Write(auth.Roles[next], block);
            await FlushAsync(sink, 0, cancellationToken);
        }
    }

    private async ValueTask WriteKeysAsync(IStateSink sink, CancellationToken cancellationToken)
    {
        Begin(BlockKind.Versions);
        for (var batches = new KeyBatches(state); batches.Next();)
        {
            foreach (var node in batches.Current)
            {
                var (first, end) = RetainedVersions.Of(node, compactRevision, revision);
                for (var place = first; place < end; place++)
                {
                    Write(node, node[place]);
                    if (block.Length < StateFormat.BlockBytes)
                        continue;
                    await FlushAsync(sink, 0, cancellationToken);
                    Begin(BlockKind.Versions);
                }
            }
        }

        await FlushAsync(sink, 0, cancellationToken);
    }

    private void Write(KeyNode node, in KeyVersion version)
    {
        var isSameKey = ReferenceEquals(node, lastKey);
        lastKey = node;
        versions++;
        block.WriteByte((byte)((isSameKey ? 1 : 0) | (version.IsLive ? 2 : 0)));
        if (!isSameKey)
            block.WriteBytes(node.Key);
        block.WriteVarInt(version.Main);
        block.WriteVarInt(version.Sub);
        if (!version.IsLive)
            return;
        var details = version.Details;
        block.WriteVarInt(details.Create);
        block.WriteVarInt(details.Number);
        block.WriteVarInt(details.Lease);
        block.WriteBytes(details.Value.Span);
    }

    private void Begin(BlockKind kind)
    {
        block.WriteUInt64(0);
        block.WriteByte((byte)kind);
    }

    private async ValueTask FlushAsync(IStateSink sink, int start, CancellationToken cancellationToken)
    {
        var body = block.WrittenSpan[(start + StateFormat.FrameBytes)..];
        var checksum = Crc32C.Of(body);
        block.PatchUInt32(start, (uint)body.Length);
        block.PatchUInt32(start + sizeof(uint), checksum);
        await sink.WriteAsync(block.WrittenMemory, cancellationToken);
        block.Clear();
        await Task.Yield();
    }
}
