using FsCheck;
using FsCheck.Fluent;
using Quorate.Simulation.Disks;
using Quorate.Simulation.Randomness;

namespace Quorate.Tests.Simulation;

/// <summary>A file of pages against two plain arrays: what is seen, and what is durable.</summary>
public sealed class FileNodePropertyTests
{
    private const int OffsetMax = 3 * PageStore.PageBytes;

    [Fact]
    public void What_is_seen_is_what_was_written_and_a_crash_goes_back_to_the_last_sync() => Prop.ForAll<Change[], byte>((changes, seed) =>
    {
        var (node, model) = (new FileNode(new PagePool()), new Model());
        foreach (var change in changes)
        {
            change.Do(node, model);
            if (!Shows(node, model.Seen))
                return false;
        }

        // A sync that failed loses what it covers: after it a crash keeps each change at random, so only what was synced before is sure.
        var random = SeededRandom.For(seed, "crash");
        var pendingBefore = node.PendingCount;
        node.Crash(random, keepsAll: seed % 2 == 0);
        return node.PendingCount == 0 && (pendingBefore == 0 || seed % 2 == 0 ? Shows(node, model.Seen) : HoldsSynced(node, model));
    }).QuickCheckThrowOnFailure();

    private static bool Shows(FileNode node, byte[] expected)
    {
        var read = new byte[expected.Length + 1];
        return node.Length == expected.Length && node.Read(0, read) == expected.Length && read.AsSpan(0, expected.Length).SequenceEqual(expected);
    }

    // Where no change came after the sync, the synced byte is there still.
    private static bool HoldsSynced(FileNode node, Model model)
    {
        var read = new byte[OffsetMax * 2];
        var length = node.Read(0, read);
        for (var i = 0; i < Math.Min(length, model.Durable.Length); i++)
        {
            if (!model.IsTouched(i) && read[i] != model.Durable[i])
                return false;
        }

        return true;
    }

    /// <summary>A write of one value over a stretch, a new length, or a sync.</summary>
    public sealed record Change(DoNotSize<ushort> Offset, DoNotSize<ushort> Length, byte Fill, byte Kind)
    {
        internal void Do(FileNode node, Model model)
        {
            var (offset, length) = (Offset.Item % OffsetMax, Length.Item % (PageStore.PageBytes * 3 / 2));
            switch (Kind % 6)
            {
                case 0:
                    node.SetLength(offset);
                    model.SetLength(offset);
                    break;
                case 1:
                    node.MakeDurable(node.TakenCount + node.PendingCount);
                    model.Sync();
                    break;
                default:
                    var bytes = new byte[length];
                    bytes.AsSpan(0, length / (1 + Kind % 3)).Fill((byte)(Fill % 3));
                    node.Write(offset, bytes);
                    model.Write(offset, bytes);
                    break;
            }
        }
    }

    internal sealed class Model
    {
        private readonly HashSet<int> touched = [];
        private int cutFrom = int.MaxValue;

        public byte[] Seen { get; private set; } = [];

        public byte[] Durable { get; private set; } = [];

        public bool IsTouched(int index) => index >= cutFrom || touched.Contains(index);

        public void Write(int offset, byte[] bytes)
        {
            if (bytes.Length == 0)
                return;
            if (offset + bytes.Length > Seen.Length)
                Seen = [.. Seen, .. new byte[offset + bytes.Length - Seen.Length]];
            bytes.CopyTo(Seen, offset);
            touched.UnionWith(Enumerable.Range(offset, bytes.Length));
        }

        public void SetLength(int length)
        {
            cutFrom = Math.Min(cutFrom, length);
            Seen = length < Seen.Length ? Seen[..length] : [.. Seen, .. new byte[length - Seen.Length]];
        }

        public void Sync()
        {
            Durable = [.. Seen];
            touched.Clear();
            cutFrom = int.MaxValue;
        }
    }
}
