using Quorate.Simulation.Tracing;

namespace Quorate.Simulation.Execution;

/// <summary>
/// Notices work that left its strand. Steps run in an execution context that carries a mark; the runtime carries the context along to
/// the pool and calls <see cref="OnMarkMoved"/> there, before the work itself runs. Calls into a machine from a foreign thread are
/// noticed too and name their call site.
/// </summary>
/// <remarks>Counting the pool's work items would not do: other tests of the same process use the pool at the same time.</remarks>
internal sealed class EscapeDetector
{
    private const string UnknownCaller = "an unknown caller";
    private static readonly AsyncLocal<SimulatedStrand?> Mark = new(OnMarkMoved);
    private static readonly TimeSpan SettleMax = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan IdleMax = TimeSpan.FromMilliseconds(100);
    private int ownerThread = Environment.CurrentManagedThreadId;
    private bool isPoolStuck;
    private bool isPoolBusy;
    private volatile string? found;
    private volatile SimulatedStrand? left;
    private volatile string? leftAt;
    private volatile bool inStep;

    /// <summary>What escaped, or null.</summary>
    public string? Found => found ?? (left is null ? null : DescribeLeft(left, leftAt));

    /// <summary>From now on, until it is disposed, the place is known where a task was given to the pool.</summary>
    public PoolWatch Watch() => new(site => leftAt ??= inStep ? site : null);

    /// <summary>The thread that drives the world now; only it may touch what is inside.</summary>
    public void TakeThread() => ownerThread = Environment.CurrentManagedThreadId;

    /// <summary>
    /// Waits until what was queued to the pool before has started, and until no thread of the pool works: one that has taken escaped work
    /// may compile it first, before the mark moves. Work of others only costs the wait, and a pool that is busy throughout costs it once.
    /// </summary>
    /// <remarks>The pool's counts of work would not do: work that runs is neither pending nor completed.</remarks>
    public void EndRun()
    {
        if (isPoolStuck)
            return;
        // Escaped work waits in the pool's queue or, where a pool thread drives the world, in that thread's own.
        var settled = new CountdownEvent(2);
        ThreadPool.UnsafeQueueUserWorkItem(static state => state.Signal(), settled, preferLocal: true);
        ThreadPool.UnsafeQueueUserWorkItem(static state => state.Signal(), settled, preferLocal: false);
        isPoolStuck = !settled.Wait(SettleMax);
        if (!isPoolStuck && !isPoolBusy && Found is null)
            isPoolBusy = !SpinWait.SpinUntil(IsPoolIdle, IdleMax);
    }

    /// <summary>The thread's execution context becomes the strand's.</summary>
    public void EnterStep(SimulatedStrand strand)
    {
        inStep = true;
        var context = strand.Context ??= MarkedContext(strand);
        if (!ReferenceEquals(ExecutionContext.Capture(), context))
            ExecutionContext.Restore(context);
    }

    public void LeaveStep() => inStep = false;

    /// <summary>A call into a machine: it must come from a step of the world.</summary>
    public void CheckCall(string machine, string call)
    {
        if (!inStep || Environment.CurrentManagedThreadId != ownerThread)
            ReportCall(machine, call);
    }

    /// <summary>A post to a strand: from a step, or from the thread that drives the world.</summary>
    public void CheckPost(SimulatedStrand strand, object? state)
    {
        if (Environment.CurrentManagedThreadId != ownerThread)
            Report($"work came to strand '{strand}' from another thread, {MethodOf(state)}{At(leftAt)}: it had left its strand");
    }

    private void ReportCall(string machine, string call)
    {
        var what = $"{call} of machine '{machine}' was called outside a step of the world, by {CallSites.Here() ?? UnknownCaller}: "
            + "work left its strand (ConfigureAwait(false), Task.Run, or a call from outside)";
        Report(what);
        throw new InvalidOperationException(what);
    }

    // The first report stays. One that names a call site goes before a mark that was seen to move.
    private void Report(string what) => found ??= what;

    private static bool IsPoolIdle()
    {
        ThreadPool.GetMaxThreads(out var all, out _);
        ThreadPool.GetAvailableThreads(out var free, out _);
#pragma warning disable RS0030 // Nothing leaves the strand: it only asks whether the thread that drives the world is one of the pool's.
        var driver = Thread.CurrentThread.IsThreadPoolThread ? 1 : 0;
#pragma warning restore RS0030
        return all - free <= driver;
    }

    private static void OnMarkMoved(AsyncLocalValueChangedArgs<SimulatedStrand?> change)
    {
        if (change.CurrentValue is not { } strand || !change.ThreadContextChanged)
            return;
        var detector = strand.Incarnation.Engine.Escapes;
        // Only noted here, and told later: EndRun waits until escaped work has started, not until a sentence about it is written.
        if (Environment.CurrentManagedThreadId != detector.ownerThread || !detector.inStep)
            detector.left ??= strand;
    }

    private static string DescribeLeft(SimulatedStrand strand, string? site) =>
        $"work of strand '{strand}' ran on the thread pool{At(site)}: "
        + "ConfigureAwait(false), Task.Run or the like left the strand";

    private static string At(string? site) => site is null ? "" : $", at {site}";

    private static ExecutionContext MarkedContext(SimulatedStrand strand)
    {
        var before = ExecutionContext.Capture();
        Mark.Value = strand;
        var marked = ExecutionContext.Capture()!;
        if (before is not null)
            ExecutionContext.Restore(before);
        return marked;
    }

    // A continuation that comes back by way of the synchronisation context is a delegate on the box of its async method.
    private static string MethodOf(object? state) =>
        state is Action { Target: { } box } ? $"for {box.GetType().GenericTypeArguments.LastOrDefault()?.FullName ?? box.GetType().Name}"
        : $"by {CallSites.Here() ?? UnknownCaller}";
}
