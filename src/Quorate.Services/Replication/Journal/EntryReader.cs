using Quorate.Protocols.Raft;
using Quorate.Storage.Logs;

namespace Quorate.Services.Replication.Journal;

/// <summary>Reads payloads back that the core let go.</summary>
/// <param name="journal">The log that all groups share.</param>
/// <param name="group">The group's part of it.</param>
internal sealed class EntryReader(SharedJournal journal, GroupJournal group) : IAsyncDisposable
{
    private readonly LogReader reader = journal.OpenReader();

    // Where the last reading ended: a follower that catches up goes on from there.
    private (long Index, LogPosition Position)? next;

    /// <summary>Reads a run of entries.</summary>
    /// <param name="wanted">The run; only its front is read, as far as the payloads were let go.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>All its entries; null when the log no longer holds them.</returns>
    /// <exception cref="IOException">The disk failed, or what lies there is damaged.</exception>
    public async ValueTask<IReadOnlyList<Entry>?> ReadAsync(LogSlice wanted, CancellationToken cancellationToken)
    {
        var entries = new Entry[wanted.Count];
        var found = 0;
        var position = next is { } hint && hint.Index == wanted.FirstIndex ? hint.Position : group.PositionOf(wanted.FirstIndex);
        next = null;
        while (found < wanted.Released && position is { } from)
        {
            position = await reader.ReadAsync(from, record => found = Take(record.Span, wanted, entries, found), cancellationToken);
            if (found == wanted.Released)
                next = (wanted.FirstIndex + found, from);
        }

        if (found < wanted.Released)
            return null;
        for (var i = found; i < entries.Length; i++)
            entries[i] = wanted[i];
        return entries;
    }

    public ValueTask DisposeAsync() => reader.DisposeAsync();

    /// <summary>Takes what a record holds of the run. Index and term name an entry, so that one which was replaced later on is not taken
    /// for the one that is wanted; figure 3 of the paper, log matching.</summary>
    private int Take(ReadOnlySpan<byte> record, LogSlice wanted, Entry[] entries, int found)
    {
        JournalCodec.ReadSome(record, group.Id, wanted.FirstIndex + found, wanted.FirstIndex + wanted.Released, entry =>
        {
            if (found < wanted.Released && entry.Index == wanted.FirstIndex + found && entry.Term == wanted.TermAt(found))
                entries[found++] = entry;
        });
        return found;
    }
}
