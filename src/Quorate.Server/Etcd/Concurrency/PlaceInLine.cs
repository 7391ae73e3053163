using System.Globalization;
using System.Text;
using Quorate.Server.Etcd.Translation;
using Quorate.Services.Coordination;

namespace Quorate.Server.Etcd.Concurrency;

/// <summary>A place in a line of keys under one prefix, ordered by the revision that created them: locks and elections are such lines.</summary>
/// <param name="coordination">The service.</param>
/// <param name="prefix">What all keys of the line begin with.</param>
/// <param name="lease">Whose place it is: the key is the prefix and the lease in hexadecimal, and goes when the lease does.</param>
/// <remarks>
/// Source: etcd 3.4, clientv3/concurrency (key.go, mutex.go, election.go): the same layout, so that its clients and this server can stand in
/// one line.
/// </remarks>
internal sealed class PlaceInLine(ICoordination coordination, ReadOnlyMemory<byte> prefix, long lease)
{
    /// <summary>The key of the place.</summary>
    public ReadOnlyMemory<byte> Key { get; } = KeyOf(prefix, lease);

    /// <summary>The prefix of a line.</summary>
    /// <param name="name">The line's name.</param>
    public static ReadOnlyMemory<byte> PrefixOf(ReadOnlyMemory<byte> name)
    {
        var prefix = new byte[name.Length + 1];
        name.CopyTo(prefix);
        prefix[^1] = (byte)'/';
        return prefix;
    }

    /// <summary>The range of the keys of a line.</summary>
    /// <param name="prefix">Its prefix.</param>
    public static RangeRequest RangeOf(ReadOnlyMemory<byte> prefix)
    {
        // A prefix ends in '/', so its successor is that with the next character.
        var end = prefix.ToArray();
        end[^1]++;
        return new RangeRequest(prefix, end);
    }

    /// <summary>The key that was created first of a line, as a request.</summary>
    /// <param name="prefix">The line's prefix.</param>
    public static RangeRequest FirstOf(ReadOnlyMemory<byte> prefix) =>
        RangeOf(prefix) with { Limit = 1, SortTarget = KeyField.CreateRevision, SortOrder = SortOrder.Ascend };

    /// <summary>Takes the place, unless the lease has it already, and reads something else in the same step.</summary>
    /// <param name="value">The key's value.</param>
    /// <param name="also">What to read.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The transaction: its first operation put or read the key, the second is <paramref name="also"/>.</returns>
    public ValueTask<TxnResponse> TakeAsync(ReadOnlyMemory<byte> value, RangeRequest also, CancellationToken cancellationToken)
    {
        var isFree = new Compare(CompareResult.Equal, KeyField.CreateRevision, Key, default, 0, default);
        var request = new TxnRequest([isFree], [new PutRequest(Key, value, lease), also], [new RangeRequest(Key), also]);
        return coordination.TxnAsync(request, cancellationToken);
    }

    /// <summary>Waits until nobody stands in front.</summary>
    /// <param name="revision">The revision that created the own key.</param>
    /// <param name="cancellationToken">Gives up waiting; the place is kept.</param>
    /// <returns>The header of the read that found nobody.</returns>
    public async ValueTask<ResponseHeader> WaitForTurnAsync(long revision, CancellationToken cancellationToken)
    {
        var nextInFront = RangeOf(prefix) with
        {
            Limit = 1,
            SortTarget = KeyField.CreateRevision,
            SortOrder = SortOrder.Descend,
            MaxCreateRevision = revision - 1,
        };
        while (true)
        {
            var front = await coordination.RangeAsync(nextInFront, cancellationToken);
            if (front.KeyValues is not [var inFront, ..])
                return front.Header;
            await WaitUntilGoneAsync(inFront.Key, front.Header.Revision, cancellationToken);
        }
    }

    /// <summary>Gives the place up when the caller is gone or failed; what goes wrong here ends with the lease.</summary>
    /// <param name="give">Gives it up.</param>
    public static async ValueTask GiveUpAsync(Func<ValueTask> give)
    {
        try
        {
            await give();
        }
        catch (CoordinationException)
        {
            // No leader, or this node is stopping: the key goes when its lease runs out.
        }
    }

    /// <summary>Deletes the own key.</summary>
    public async ValueTask LeaveAsync() => await coordination.DeleteRangeAsync(new DeleteRangeRequest(Key));

    private async ValueTask WaitUntilGoneAsync(ReadOnlyMemory<byte> key, long revision, CancellationToken cancellationToken)
    {
        await using var watch = coordination.OpenWatchStream();
        watch.Create(new WatchCreateRequest(key, StartRevision: revision, NoPut: true));
        while (await watch.ReadAsync(cancellationToken) is { } message)
        {
            // Where a compaction came in between, the line is looked at again.
            if (message.Canceled || message.Kind == WatchMessageKind.Canceled || message.Events.Any(e => e.IsDelete))
                return;
        }

        throw EtcdErrors.Of(CoordinationError.Stopped);
    }

    private static byte[] KeyOf(ReadOnlyMemory<byte> prefix, long lease)
    {
        var hex = lease < 0
            ? "-" + (0 - (ulong)lease).ToString("x", CultureInfo.InvariantCulture)
            : lease.ToString("x", CultureInfo.InvariantCulture);
        return [.. prefix.Span, .. Encoding.ASCII.GetBytes(hex)];
    }
}
