namespace Quorate.Checking.Sessions;

/// <summary>What a memory promises to sessions.</summary>
internal enum CausalModel
{
    /// <summary>Each session sees the writes of every session in that session's order (Lipton and Sandberg 1988).</summary>
    Pram,

    /// <summary>CC of Bouajjani et al.: whatever a read depends on is seen, but two reads may order other writes differently.</summary>
    Weak,

    /// <summary>CM: causal memory (Ahamad et al. 1995); each session sees all writes in one order.</summary>
    Memory,

    /// <summary>CCv: all sessions see writes that contend in one order.</summary>
    Convergent,
}
