namespace Quorate.Storage.Snapshots;

/// <summary>One finished snapshot.</summary>
/// <param name="Sequence">Its number: a later state has a greater one.</param>
/// <param name="Bytes">The bytes of its content.</param>
/// <param name="RawBytes">The bytes of its file, as they are sent to a peer.</param>
/// <param name="Metadata">What its maker wanted to know without reading it.</param>
public sealed record SnapshotInfo(long Sequence, long Bytes, long RawBytes, ReadOnlyMemory<byte> Metadata);
