using System.Globalization;
using Quorate.Services.Coordination;
using Quorate.Services.Recipes.Keys;
using Quorate.Services.Recipes.Sessions;

namespace Quorate.Services.Recipes.Queues;

/// <summary>
/// Adds the items of one session to one queue, one after the other. Each goes with a write of the sender's own key, which says which item it
/// was and is conditional on the one before: so that an item whose answer was lost is not added twice, also where it was taken and
/// completed meanwhile. On the strand.
/// </summary>
/// <param name="queue">The queue.</param>
/// <param name="session">The session.</param>
internal sealed class QueueSender(QueueKeys queue, SessionKeys session)
{
    private readonly byte[] ownKey = RecipeKeys.Bytes(string.Create(CultureInfo.InvariantCulture, $"{queue.Senders}{session.Session.Id:x16}"));
    private Task before = Task.CompletedTask;
    private long version;

    /// <summary>The session.</summary>
    public SessionKeys Session => session;

    /// <summary>Adds an item, behind those that are being added.</summary>
    /// <param name="value">The item.</param>
    /// <param name="cancellationToken">Gives up; the item may be there or not.</param>
    /// <exception cref="SessionLostException">The session is lost; the item may be there or not.</exception>
    public async Task SendAsync(ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        var mine = new TaskCompletionSource();
        var previous = before;
        before = mine.Task;
        try
        {
            await previous;
            await AddAsync(value, cancellationToken);
        }
        finally
        {
            mine.SetResult();
        }
    }

    private async Task AddAsync(ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{session.Session.Id:x16}-{session.NextNumber()}");
        var (number, item) = (RecipeKeys.Bytes(name), RecipeKeys.Bytes(queue.Items + name));
        while (true)
        {
            var isNext = new Compare(CompareResult.Equal, KeyField.Version, ownKey, default, version, default);
            var request = new TxnRequest(
                [isNext],
                [new PutRequest(ownKey, number, session.Session.Id), new PutRequest(item, value)],
                [new RangeRequest(ownKey)]);
            if (await session.TryWriteAsync(request, cancellationToken) is not { } response)
                continue;
            if (response.Succeeded)
            {
                version++;
                return;
            }

            // An earlier attempt has landed: this item's, or that of an item whose adding was given up.
            if (((RangeResponse)response.Responses[0]).KeyValues is not [var own])
            {
                session.Session.End("the store has ended its lease");
                throw session.Session.Exception();
            }

            version = own.Version;
            if (own.Value.Span.SequenceEqual(number))
                return;
        }
    }
}
