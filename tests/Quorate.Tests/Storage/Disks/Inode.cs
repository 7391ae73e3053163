namespace Quorate.Tests.Storage.Disks;

/// <summary>A file's bytes: as of the last sync, as read now, and the changes between.</summary>
internal sealed class Inode
{
    private const int SectorBytes = 512;

    private readonly List<(long Offset, byte[] Bytes)> unsynced = [];
    private byte[] durable = [];

    public byte[] Current { get; private set; } = [];

    public bool HasUnsynced => unsynced.Count > 0;

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        Current = Apply(Current, offset, bytes);
        unsynced.Add((offset, bytes.ToArray()));
    }

    public void SetLength(long length)
    {
        var resized = Current;
        Array.Resize(ref resized, (int)length);
        Current = resized;
        unsynced.Add((length, []));
    }

    public void Sync()
    {
        durable = (byte[])Current.Clone();
        unsynced.Clear();
    }

    /// <summary>Damages the bytes for good.</summary>
    public void Damage(Func<byte[], byte[]> change)
    {
        durable = change((byte[])Current.Clone());
        Current = (byte[])durable.Clone();
        unsynced.Clear();
    }

    /// <summary>Each change since the last sync is kept, lost or torn on its own.</summary>
    public Inode AfterCrash(Random random)
    {
        var bytes = (byte[])durable.Clone();
        foreach (var (offset, change) in unsynced)
        {
            var fate = random.Next(3);
            if (fate == 0)
                continue;
            if (change.Length == 0)
                Array.Resize(ref bytes, (int)offset);
            else if (fate == 1)
                bytes = Apply(bytes, offset, change);
            else
                bytes = Tear(bytes, offset, change, random);
        }

        return new Inode { durable = bytes, Current = (byte[])bytes.Clone() };
    }

    /// <summary>Any sectors of the write arrive, and within one of them any number of its bytes.</summary>
    private static byte[] Tear(byte[] bytes, long offset, byte[] change, Random random)
    {
        var chance = random.NextDouble();
        for (var at = 0; at < change.Length; at += SectorBytes)
        {
            var count = Math.Min(SectorBytes, change.Length - at);
            if (random.NextDouble() > chance)
                continue;
            if (random.Next(8) == 0)
                count = random.Next(count);
            bytes = Apply(bytes, offset + at, change.AsSpan(at, count));
        }

        return bytes;
    }

    private static byte[] Apply(byte[] target, long offset, ReadOnlySpan<byte> bytes)
    {
        if (target.Length < offset + bytes.Length)
            Array.Resize(ref target, (int)offset + bytes.Length);
        bytes.CopyTo(target.AsSpan((int)offset));
        return target;
    }
}
