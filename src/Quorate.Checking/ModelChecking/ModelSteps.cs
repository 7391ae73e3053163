namespace Quorate.Checking.ModelChecking;

/// <summary>Takes the steps that a model finds possible in one state.</summary>
/// <param name="take">Is handed each.</param>
public sealed class ModelSteps(ModelSteps.Taker take)
{
    internal const int Unfair = -1;

    /// <summary>Takes a step.</summary>
    /// <param name="action">What happened, for people.</param>
    /// <param name="fairAction">Which of <see cref="IModel.FairActions"/> it belongs to; negative for none.</param>
    /// <param name="state">The state that it leads to; empty where it breaks something.</param>
    /// <param name="violation">What it broke, or null.</param>
    public delegate void Taker(string action, int fairAction, ReadOnlySpan<byte> state, string? violation);

    /// <summary>A step leads to a state.</summary>
    /// <param name="action">What happened, for people.</param>
    /// <param name="state">The state; it may be overwritten after the call.</param>
    public void Add(string action, ReadOnlySpan<byte> state) => take(action, Unfair, state, null);

    /// <summary>A step of a fair action leads to a state.</summary>
    /// <param name="action">What happened, for people.</param>
    /// <param name="state">The state; it may be overwritten after the call.</param>
    /// <param name="fairAction">Which of <see cref="IModel.FairActions"/> it belongs to; negative for none.</param>
    public void Add(string action, ReadOnlySpan<byte> state, int fairAction) => take(action, Math.Max(fairAction, Unfair), state, null);

    /// <summary>A step breaks something by itself.</summary>
    /// <param name="action">What happened, for people.</param>
    /// <param name="violation">What broke.</param>
    public void Break(string action, string violation) => take(action, Unfair, default, violation);
}
