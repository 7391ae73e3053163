namespace Quorate.Runtime.Disk;

/// <summary>Lends threads to busy files. A file that is closed gives its thread back, so that the next log segment finds one ready.</summary>
internal sealed class DiskThreads(string machine) : IDisposable
{
    // Threads of this machine at most; further files use the thread pool.
    private const int ThreadsMax = 4;

    private readonly Lock gate = new();
    private readonly Stack<DiskThread> idle = new();
    private readonly List<DiskThread> all = [];
    private bool disposed;

    /// <summary>A thread for one file, or null where all are lent.</summary>
    public DiskThread? TryRent()
    {
        lock (gate)
        {
            if (disposed)
                return null;
            if (idle.TryPop(out var ready))
                return ready;
            if (all.Count == ThreadsMax)
                return null;
            var thread = new DiskThread($"quorate-disk-{machine}-{all.Count + 1}");
            all.Add(thread);
            return thread;
        }
    }

    public void Return(DiskThread thread)
    {
        lock (gate)
            idle.Push(thread);
    }

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            foreach (var thread in all)
                thread.Dispose();
        }
    }
}
