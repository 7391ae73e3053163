using Quorate.Kernel.Encoding;

namespace Quorate.Protocols.Raft;

/// <summary>The configurations of the log: "a server always uses the latest configuration in its log, regardless of whether the entry is
/// committed" (section 6).</summary>
internal sealed class ConfigurationLog
{
    private readonly List<(long Index, Configuration Configuration)> items = [];

    /// <summary>Starts with the configuration of the snapshot.</summary>
    /// <param name="snapshotIndex">The last index that it covers.</param>
    /// <param name="configuration">The configuration as of it.</param>
    public ConfigurationLog(long snapshotIndex, Configuration configuration) => items.Add((snapshotIndex, configuration));

    /// <summary>The configuration in force.</summary>
    public Configuration Latest => items[^1].Configuration;

    /// <summary>The index of its entry.</summary>
    public long LatestIndex => items[^1].Index;

    /// <summary>The configuration before that; the same where there is none.</summary>
    public Configuration Previous => items[Math.Max(items.Count - 2, 0)].Configuration;

    /// <summary>The configuration as of the snapshot.</summary>
    public Configuration OfSnapshot => items[0].Configuration;

    /// <summary>Takes an entry that was appended; true when it is a configuration.</summary>
    /// <param name="entry">The entry.</param>
    public bool Append(in Entry entry)
    {
        if (entry.Kind != EntryKind.Configuration)
            return false;
        var reader = new ByteReader(entry.Payload.Span);
        var configuration = Configuration.Read(ref reader);
        reader.ExpectEnd();
        items.Add((entry.Index, configuration));
        return true;
    }

    /// <summary>Rolls back to what was in force before an index.</summary>
    /// <param name="index">The first index that is gone.</param>
    public void TruncateFrom(long index)
    {
        while (items.Count > 1 && items[^1].Index >= index)
            items.RemoveAt(items.Count - 1);
    }

    /// <summary>Forgets configurations that a snapshot's own replaces.</summary>
    /// <param name="index">The last index that it covers.</param>
    public void CompactTo(long index)
    {
        while (items.Count > 1 && items[1].Index <= index)
            items.RemoveAt(0);
    }

    /// <summary>Starts anew from a snapshot.</summary>
    /// <param name="index">The last index that it covers.</param>
    /// <param name="configuration">The configuration as of it.</param>
    public void Reset(long index, Configuration configuration)
    {
        items.Clear();
        items.Add((index, configuration));
    }
}
