namespace Quorate.Runtime.Strands;

/// <summary>Turns once, from working to failed. After that strands run nothing more and the disk takes no further write.</summary>
internal sealed class FailSwitch(Action<Exception> onFail)
{
    private int turned;

    /// <summary>Whether the machine failed.</summary>
    public bool IsTurned => Volatile.Read(ref turned) != 0;

    /// <summary>Fails the machine; only the first reason is reported.</summary>
    public void Turn(Exception reason)
    {
        if (Interlocked.Exchange(ref turned, 1) == 0)
            onFail(reason);
    }

    /// <summary>Refuses to go on once the machine failed.</summary>
    public void ThrowIfTurned()
    {
        if (IsTurned)
            throw new IOException("The machine failed: it writes nothing more.");
    }
}
