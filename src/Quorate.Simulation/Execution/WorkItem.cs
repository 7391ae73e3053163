namespace Quorate.Simulation.Execution;

/// <summary>
/// One piece of work of a strand: a <see cref="SendOrPostCallback"/> or an <see cref="Action{T}"/> of object, and its state.
/// </summary>
internal readonly struct WorkItem(Delegate callback, object? state)
{
    private readonly Delegate callback = callback;
    private readonly object? state = state;

    public void Run()
    {
        if (callback is SendOrPostCallback posted)
            posted(state);
        else
            ((Action<object?>)callback)(state);
    }
}
