namespace Quorate.Checking.ModelChecking;

/// <summary>Visits every state of a model, and shows a path to the first that is wrong, or a run on which what must happen never
/// does.</summary>
/// <remarks>
/// Guarantee: <see cref="ModelOutcome.Holds"/> means that every reachable state was visited, but for <see cref="ModelVerdict.MissChance"/>;
/// the same model and options give the same verdict and numbers each time. Breadth first, no path to a violated invariant is shorter.
/// Cost: 8 or 16 bytes of fingerprint at a load of 3/8 to 3/4, and 8 of path for each state; the bytes of the states that wait; for
/// liveness 18 bytes a state and 8 a step more.
/// Fails when: a limit is met: <see cref="ModelOutcome.Unknown"/>, with the reason.
/// Source: hash compaction (Stern and Dill, "Improved Probabilistic Verification by Hash Compaction", 1995); fair cycles by strongly
/// connected components (Emerson and Lei, "Modalities for Model Checking", 1987).
/// </remarks>
public static class ModelChecker
{
    /// <summary>Checks a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">How, and how far; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <exception cref="ArgumentException">The model's facts, properties and fair actions do not fit together.</exception>
    /// <exception cref="OperationCanceledException">The check was ended.</exception>
    public static ModelVerdict Check(IModel model, ModelOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new ModelSearch(model, options ?? new ModelOptions(), cancellationToken).Run();
    }
}
