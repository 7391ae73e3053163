namespace Quorate.Checking.ModelChecking;

/// <summary>How far an action may be put off.</summary>
public enum Fairness
{
    /// <summary>An action that stays possible happens in the end.</summary>
    Weak,

    /// <summary>An action that is possible again and again happens in the end, even when it is impossible in between.</summary>
    Strong,
}

/// <summary>An action that may not be put off for ever: liveness is judged on runs that respect that.</summary>
/// <remarks>
/// Guarantee: a run on which nothing happens any more respects all fair actions when none is possible in its last state.
/// Cost: a bit for each state while cycles are searched.
/// Fails when: it promises more than the system keeps: then liveness holds in the model alone. Assume as little as will do.
/// Source: Lamport, "The Temporal Logic of Actions", 1994: WF and SF; steps that change nothing do not count.
/// </remarks>
/// <param name="Name">What it is, for people, such as "n1 receives".</param>
/// <param name="Fairness">How far it may be put off.</param>
public sealed record FairAction(string Name, Fairness Fairness = Fairness.Weak);
