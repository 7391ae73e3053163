namespace Quorate.Services.Coordination.Authentication;

/// <summary>
/// The tokens that this node accepts. All members learn of a token at the same place of the log, but each counts for itself how long it was
/// not used, and a node that starts anew has none: their owners log in again.
/// </summary>
/// <remarks>
/// Guarantee: a token ends with its user, with a new password, with authentication, and when it was not used on this node for its time.
/// Cost: a hash and a lookup. Bounded: <see cref="TokensMax"/> in all and <see cref="TokensOfUserMax"/> of a user; one more ends the one
/// that was not used for longest.
/// Source: etcd v3.4, auth/simple_token.go.
/// </remarks>
/// <param name="clock">The clock.</param>
/// <param name="ttl">How long a token lives without being used.</param>
internal sealed class TokenTable(TimeProvider clock, TimeSpan ttl)
{
    /// <summary>The most tokens.</summary>
    public const int TokensMax = 16_384;

    /// <summary>The most tokens of one user.</summary>
    public const int TokensOfUserMax = 1_024;

    private readonly Dictionary<TokenHash, LinkedListNode<Token>> tokens = [];
    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);

    // The one that was not used for longest comes first.
    private readonly LinkedList<Token> byUse = [];

    /// <summary>How many there are.</summary>
    public int Count => tokens.Count;

    /// <summary>Adds a token.</summary>
    /// <param name="hash">Its hash.</param>
    /// <param name="user">Whose it is.</param>
    public void Add(TokenHash hash, string user)
    {
        EndOld();
        if (tokens.ContainsKey(hash))
            return;
        if (counts.GetValueOrDefault(user) >= TokensOfUserMax)
            EndFirst(token => token.User == user);
        if (tokens.Count >= TokensMax)
            EndFirst(static _ => true);
        tokens.Add(hash, byUse.AddLast(new Token(hash, user, clock.GetTimestamp())));
        counts[user] = counts.GetValueOrDefault(user) + 1;
    }

    /// <summary>Finds whose a token is, and lets it live on.</summary>
    /// <param name="hash">Its hash.</param>
    /// <returns>The user, or null where it is not accepted.</returns>
    public string? Use(TokenHash hash)
    {
        if (!tokens.TryGetValue(hash, out var node))
            return null;
        if (IsOld(node.Value))
        {
            End(node);
            return null;
        }

        byUse.Remove(node);
        node.Value = node.Value with { UsedAt = clock.GetTimestamp() };
        byUse.AddLast(node);
        return node.Value.User;
    }

    /// <summary>Ends the tokens of a user.</summary>
    /// <param name="user">The user.</param>
    public void EndOf(string user)
    {
        for (var node = byUse.First; node is not null;)
        {
            var next = node.Next;
            if (node.Value.User == user)
                End(node);
            node = next;
        }
    }

    /// <summary>Ends all.</summary>
    public void EndAll()
    {
        tokens.Clear();
        counts.Clear();
        byUse.Clear();
    }

    private void EndOld()
    {
        while (byUse.First is { } first && IsOld(first.Value))
            End(first);
    }

    private void EndFirst(Func<Token, bool> which)
    {
        var node = byUse.First;
        while (node is not null && !which(node.Value))
            node = node.Next;
        if (node is not null)
            End(node);
    }

    private bool IsOld(in Token token) => clock.GetElapsedTime(token.UsedAt) >= ttl;

    private void End(LinkedListNode<Token> node)
    {
        tokens.Remove(node.Value.Hash);
        byUse.Remove(node);
        if (--counts[node.Value.User] == 0)
            counts.Remove(node.Value.User);
    }

    private readonly record struct Token(TokenHash Hash, string User, long UsedAt);
}
