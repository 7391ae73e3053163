using Quorate.Runtime.Strands;

namespace Quorate.Runtime.Disk;

/// <summary>
/// Does the blocking writes and syncs of one busy file, one after the other. The thread that ended one runs the strand that waited for
/// it (see <see cref="HandOver"/>): one wake-up less on the path of each durable write. A second thread takes the next write meanwhile.
/// </summary>
internal sealed class DiskThread : IDisposable
{
    private const int ThreadsMax = 2;

    // A monitor, for it sleeps at once: a semaphore spins before, which on few cores takes time from what it waits for.
    private readonly object gate = new();
    private readonly Queue<IThreadPoolWorkItem> work = new();
    private readonly string name;
    private int threads;
    private int idle;
    private bool busy;
    private bool closed;

    public DiskThread(string name)
    {
        this.name = name;
        StartThread();
    }

    public void Enqueue(IThreadPoolWorkItem item)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            work.Enqueue(item);
            Wake();
        }
    }

    /// <summary>Ends the threads after what is queued.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            closed = true;
            Monitor.PulseAll(gate);
        }
    }

    private void Wake()
    {
        if (busy || work.Count == 0)
            return;
        if (idle > 0)
            Monitor.Pulse(gate);
        else if (threads < ThreadsMax)
            StartThread();
    }

    private void StartThread()
    {
        threads++;
        new Thread(Run) { IsBackground = true, Name = name }.Start();
    }

    private void Run()
    {
        IThreadPoolWorkItem? next = null;
        Action perform = () => Perform(next!);
        while ((next = Take()) is not null)
            HandOver.Run(perform);
    }

    private IThreadPoolWorkItem? Take()
    {
        lock (gate)
        {
            idle++;
            while (busy || (work.Count == 0 && !closed))
                Monitor.Wait(gate);
            idle--;
            if (!work.TryDequeue(out var next))
                return null;
            busy = true;
            return next;
        }
    }

    private void Perform(IThreadPoolWorkItem item)
    {
        item.Execute();
        lock (gate)
        {
            busy = false;
            if (closed)
                Monitor.PulseAll(gate);
            else
                Wake();
        }
    }
}
