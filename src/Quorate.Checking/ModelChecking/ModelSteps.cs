namespace Quorate.Checking.ModelChecking;

/// <summary>Takes the steps that a model finds possible in one state.</summary>
public sealed class ModelSteps
{
    private readonly Action<string, ReadOnlyMemory<byte>, string?> take;

    internal ModelSteps(Action<string, ReadOnlyMemory<byte>, string?> take) => this.take = take;

    /// <summary>A step leads to a state.</summary>
    /// <param name="action">What happened, for people.</param>
    /// <param name="state">The state; it may be overwritten after the call.</param>
    public void Add(string action, ReadOnlyMemory<byte> state) => take(action, state, null);

    /// <summary>A step breaks something by itself.</summary>
    /// <param name="action">What happened, for people.</param>
    /// <param name="violation">What broke.</param>
    public void Break(string action, string violation) => take(action, default, violation);
}
