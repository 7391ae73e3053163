using System.Buffers.Binary;
using Quorate.Kernel.Encoding;
using Quorate.Kernel.Machines;
using Quorate.Protocols.Raft;
using Quorate.Services.Replication.Levels;
using Quorate.Storage.Snapshots;

namespace Quorate.Services.Replication;

/// <summary>
/// A group's snapshots on disk. The content is the length of the host's part (4 bytes), the host's part, members and sessions, and the
/// state machine's own bytes; the metadata holds the term and the configuration.
/// </summary>
internal sealed class SnapshotFiles(SnapshotStore store)
{
    public SnapshotStore Store => store;

    /// <summary>Writes the metadata.</summary>
    /// <param name="term">The term of the last index.</param>
    /// <param name="configuration">The configuration as of it.</param>
    /// <param name="level">The level as of it, or 0 where it is the one that the group began with: releases without levels read that too.</param>
    public static ReadOnlyMemory<byte> Metadata(long term, Configuration configuration, int level)
    {
        var writer = new ByteWriter();
        writer.WriteVarUInt((ulong)term);
        configuration.Write(writer);
        if (level > 0)
            writer.WriteVarUInt((ulong)level);
        return writer.ToArray();
    }

    /// <summary>Reads the metadata.</summary>
    /// <exception cref="MalformedInputException">The bytes are not metadata.</exception>
    public static (long Term, Configuration Configuration, int Level) ReadMetadata(ReadOnlyMemory<byte> metadata)
    {
        var reader = new ByteReader(metadata.Span);
        var term = reader.ReadVarUInt();
        if (term > long.MaxValue / 2)
            throw new MalformedInputException($"a snapshot is of term {term}");
        var configuration = Configuration.Read(ref reader);
        var level = reader.AtEnd ? 0 : reader.ReadVarUInt();
        if (level > int.MaxValue)
            throw new MalformedInputException($"a snapshot is of level {level}");
        // What a level that is not understood puts behind it is not known here: it is no damage.
        if (level <= FeatureLevel.Newest)
            reader.ExpectEnd();
        return ((long)term, configuration, (int)level);
    }

    /// <summary>Writes a snapshot as of an index; nothing is published unless all of it is durable.</summary>
    public async ValueTask<SnapshotInfo> WriteAsync(
        long index, ReadOnlyMemory<byte> metadata, ReadOnlyMemory<byte> hostPart, IStateCut cut, CancellationToken cancellationToken)
    {
        await using var writer = await store.CreateAsync(index, metadata, cancellationToken);
        var length = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)hostPart.Length);
        await writer.WriteAsync(length, cancellationToken);
        await writer.WriteAsync(hostPart, cancellationToken);
        await cut.WriteAsync(new Sink(writer), cancellationToken);
        return await writer.CommitAsync(cancellationToken);
    }

    /// <summary>Restores the host's part and then the state machine from a snapshot.</summary>
    /// <exception cref="CorruptFileException">The snapshot is damaged, or is not of this form.</exception>
    /// <exception cref="ReleaseTooOldException">It is of a level that this node does not understand; nothing of it was read.</exception>
    public async ValueTask RestoreAsync(SnapshotInfo info, Applier applier, IStateMachine machine, CancellationToken cancellationToken)
    {
        await using var reader = await store.OpenReaderAsync(info, cancellationToken);
        try
        {
            var (term, configuration, kept) = ReadMetadata(info.Metadata);
            var level = applier.Understood(kept);
            var length = new byte[sizeof(uint)];
            await reader.ReadAsync(0, length, cancellationToken);
            var hostBytes = BinaryPrimitives.ReadUInt32LittleEndian(length);
            if (hostBytes > reader.Length - sizeof(uint))
                throw new MalformedInputException($"the host's part of {hostBytes} bytes is longer than the snapshot");
            var hostPart = new byte[hostBytes];
            await reader.ReadAsync(sizeof(uint), hostPart, cancellationToken);
            await machine.RestoreAsync(new Source(reader, sizeof(uint) + hostBytes), cancellationToken);
            ReadHostPart(hostPart, applier);
            applier.BeginAt(info.Sequence, term, configuration);
            applier.SetLevel(level);
        }
        catch (MalformedInputException e)
        {
            throw new CorruptFileException($"snapshot {info.Sequence}", 0, e.Message);
        }
    }

    private static void ReadHostPart(byte[] bytes, Applier applier)
    {
        var reader = new ByteReader(bytes);
        applier.Read(ref reader);
    }

    private sealed class Sink(SnapshotWriter writer) : IStateSink
    {
        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
            writer.WriteAsync(bytes, cancellationToken);
    }

    private sealed class Source(SnapshotReader reader, long begin) : IStateSource
    {
        private long position = begin;

        public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            var count = await reader.ReadAsync(position, buffer, cancellationToken);
            position += count;
            return count;
        }
    }
}
