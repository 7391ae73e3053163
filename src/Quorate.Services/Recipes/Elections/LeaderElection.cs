using System.Runtime.CompilerServices;
using Quorate.Services.Coordination;
using Quorate.Services.Recipes.Keys;
using Quorate.Services.Recipes.Lines;
using Quorate.Services.Recipes.Providers;
using Quorate.Services.Recipes.Watches;

namespace Quorate.Services.Recipes.Elections;

/// <summary>Elections: lines whose first is the leader, and whose keys say who it is.</summary>
/// <param name="turns">The lines.</param>
/// <param name="keys">The keys.</param>
/// <param name="calls">The store.</param>
/// <param name="waits">Waits for changes.</param>
internal sealed class LeaderElection(Turns turns, RecipeKeys keys, StoreCalls calls, KeyWaits waits) : ILeaderElection
{
    /// <inheritdoc/>
    public async ValueTask<ILeadership> CampaignAsync(
        string name, ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default) =>
        new Leadership(turns, await turns.AcquireAsync(Line.Of(name, keys.Of("election", name)), value, cancellationToken));

    /// <inheritdoc/>
    public async ValueTask<Leader?> FindLeaderAsync(string name, CancellationToken cancellationToken = default) =>
        LeaderOf(await FirstAsync(name, cancellationToken));

    /// <inheritdoc/>
    public async IAsyncEnumerable<Leader?> ObserveAsync(string name, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        long? told = null;
        await foreach (var first in waits.StatesAsync(
            KeySpan.Below(keys.Of("election", name)), c => FirstAsync(name, c), cancellationToken))
        {
            var revision = first.KeyValues is [var key] ? key.ModRevision : 0;
            if (revision != told)
                yield return LeaderOf(first);
            told = revision;
        }
    }

    private static Leader? LeaderOf(RangeResponse first) =>
        first.KeyValues is [var key] ? new Leader(key.Value, key.CreateRevision) : null;

    private Task<RangeResponse> FirstAsync(string name, CancellationToken cancellationToken)
    {
        var request = Line.Of(name, keys.Of("election", name)).First();
        return calls.UntilAnsweredAsync((p, c) => p.RangeAsync(request, c), cancellationToken);
    }
}
