using Quorate.Services.Coordination;
using Quorate.Services.Recipes.Keys;

namespace Quorate.Services.Recipes.Barriers;

/// <summary>The keys of a double barrier.</summary>
/// <param name="prefix">What all of them begin with.</param>
/// <param name="participants">How many it takes.</param>
internal sealed class DoubleBarrier(string prefix, int participants)
{
    /// <summary>How many it takes.</summary>
    public int Participants => participants;

    /// <summary>What the participants' keys begin with.</summary>
    public string Members { get; } = $"{prefix}m/";

    /// <summary>The key that is written when enough are there.</summary>
    public byte[] RoundKey { get; } = RecipeKeys.Bytes($"{prefix}round");

    /// <summary>All of its keys.</summary>
    public KeySpan All { get; } = KeySpan.Below(prefix);

    /// <summary>Reads the round and the participants, in one step.</summary>
    public TxnRequest Look => new([], [new RangeRequest(RoundKey, KeysOnly: true), Read(0)], []);

    /// <summary>Reads those who are there.</summary>
    /// <param name="round">Only those who entered up to this revision; 0 for all.</param>
    public RangeRequest Read(long round)
    {
        var members = KeySpan.Below(Members);
        return new RangeRequest(members.Key, members.End, KeysOnly: true, MaxCreateRevision: round);
    }
}
