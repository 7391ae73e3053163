namespace Quorate.Runtime.Disk;

/// <summary>One thread that does the blocking writes and syncs of one busy file, in order.</summary>
internal sealed class DiskThread : IDisposable
{
    private readonly Lock gate = new();
    private readonly Queue<IThreadPoolWorkItem> work = new();
    private readonly SemaphoreSlim available = new(0);
    private bool closed;

    public DiskThread(string name) =>
        new Thread(Run) { IsBackground = true, Name = name }.Start();

    public void Enqueue(IThreadPoolWorkItem item)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            work.Enqueue(item);
        }

        available.Release();
    }

    /// <summary>Ends the thread after what is queued.</summary>
    public void Dispose()
    {
        lock (gate)
            closed = true;
        available.Release();
    }

    private void Run()
    {
        while (true)
        {
            available.Wait();
            IThreadPoolWorkItem? next;
            lock (gate)
            {
                if (!work.TryDequeue(out next))
                    return;
            }

            next.Execute();
        }
    }
}
