using Quorate.Kernel.Encoding;
using Quorate.Simulation.Ordering;
using Quorate.Simulation.Randomness;
using Quorate.Simulation.Tracing;

namespace Quorate.Simulation.Execution;

/// <summary>
/// The one thread of a world: virtual time, the events to come, and the strands that have work. While any strand is ready, one is
/// drawn and one piece of its work runs; when none is, time moves on to the next event.
/// </summary>
internal sealed class Engine : IMoments
{
    // A world that runs this many steps at one instant of virtual time is in a loop that never waits.
    private const long StepsAtOneInstantMax = 2_000_000;
    private const int EventsAmongMax = 4;
    private const long LookForStopEvery = 1024;

    // Shorter than most of what is drawn, and longer than what a message or a write less shifts the others by.
    private const long MomentLength = TimeSpan.TicksPerMillisecond;
    private readonly EventHeap heap = new();
    private readonly SeededRandom order;
    private readonly StepChooser? chooser;
    private readonly ulong seed;
    private readonly bool isByMoment;
    private SimulatedStrand[] ready = new SimulatedStrand[16];
    private int readyCount;
    private long tickets;
    private long earlyTickets = long.MinValue;
    private long instantStartedAt;
    private int strandIds;
    private SimulationFailedException? failure;

    public Engine(ulong seed, ulong chance, bool isByMoment, StepOrder stepOrder, int traceKeptMax, TraceRecorder? recorder)
    {
        this.seed = seed;
        this.isByMoment = isByMoment;
        ChanceSeed = chance == 0 ? seed : StableHash.Combine(StableHash.Combine(StableHash.Of("chance"), seed), chance);
        order = Chance("order");
        chooser = StepChooser.Of(stepOrder, ChanceSeed);
        Trace = new Trace(traceKeptMax, recorder);
        Escapes = new EscapeDetector();
    }

    public ulong Seed => seed;

    // What chance is drawn from that is no choice of the workload or of the faults: orders, latencies, torn writes.
    private ulong ChanceSeed { get; }

    public long Now { get; private set; }

    public long Moment => Now / MomentLength;

    public long Events { get; private set; }

    public Trace Trace { get; }

    /// <summary>What is kept for drawing the run; null most of the time.</summary>
    public RunRecord? Record { get; set; }

    public EscapeDetector Escapes { get; }

    /// <summary>The strand whose step runs now.</summary>
    public SimulatedStrand? Current { get; private set; }

    /// <summary>Runs after each step and event, for invariants; null most of the time.</summary>
    public Action? AfterStep { get; set; }

    /// <summary>How often each branch that is marked as rare was reached.</summary>
    public SortedDictionary<string, long> Reached { get; } = new(StringComparer.Ordinal);

    public bool IsRunning { get; private set; }

    /// <summary>Asks for the end of the run, from whatever thread.</summary>
    public CancellationToken Stop { get; init; }

    /// <summary>Chance for one purpose that is no choice of the workload or of the faults.</summary>
    public SeededRandom Chance(string purpose) =>
        isByMoment ? SeededRandom.ByMoment(ChanceSeed, purpose, this) : SeededRandom.For(ChanceSeed, purpose);

    public int NextStrandId() => ++strandIds;

    public void Schedule(SimulatedEvent what, long delay) => ScheduleAt(what, Now + Math.Max(delay, 0));

    public void ScheduleAt(SimulatedEvent what, long time) => ScheduleAt(what, time, NextTicket());

    /// <summary>The place of an event among those of its instant, for one that is scheduled later.</summary>
    public long NextTicket() => ++tickets;

    /// <summary>A place before all others of an instant, and behind the places that were given like it.</summary>
    public long NextEarlyTicket() => ++earlyTickets;

    /// <summary>Schedules an event with a place that was taken before.</summary>
    public void ScheduleAt(SimulatedEvent what, long time, long ticket)
    {
        what.Ticket = ticket;
        heap.Push(time, ticket, what);
    }

    public static void Cancel(SimulatedEvent what) => what.Ticket = 0;

    /// <summary>The seed failed. The first failure stays; the run ends after the step that runs now.</summary>
    public void Fail(string what, Exception? cause = null) =>
        failure ??= new SimulationFailedException(seed, new TimeSpan(Now), Events, what, cause);

    public void AddReady(SimulatedStrand strand)
    {
        if (readyCount == ready.Length)
            Array.Resize(ref ready, readyCount * 2);
        ready[readyCount++] = strand;
    }

    /// <summary>Takes a life's strands out of the ready ones: into <paramref name="into"/>, or away with their work.</summary>
    public void RemoveReady(Incarnation incarnation, List<SimulatedStrand>? into)
    {
        var left = 0;
        for (var i = 0; i < readyCount; i++)
        {
            var strand = ready[i];
            if (!ReferenceEquals(strand.Incarnation, incarnation))
                ready[left++] = strand;
            else if (into is not null)
                into.Add(strand);
            else
                strand.Clear();
        }
        Array.Clear(ready, left, readyCount - left);
        readyCount = left;
    }

    /// <summary>Runs until the condition holds, the time comes, or the seed fails.</summary>
    /// <returns>Whether the condition came to hold.</returns>
    public bool Run(long until, Func<bool>? done)
    {
        if (IsRunning)
            throw new InvalidOperationException("The world runs already: Run is for the code outside it.");
        var callerContext = SynchronizationContext.Current;
        var callerFlow = ExecutionContext.Capture();
        IsRunning = true;
        Escapes.TakeThread();
        using var watch = Trace.IsRecorded ? Escapes.Watch() : null;
        try
        {
            var held = Loop(until, done);
            Escapes.EndRun();
            ThrowWhereFailed();
            return held;
        }
        finally
        {
            IsRunning = false;
            Current = null;
            Escapes.LeaveStep();
            SynchronizationContext.SetSynchronizationContext(callerContext);
            if (callerFlow is not null)
                ExecutionContext.Restore(callerFlow);
        }
    }

    /// <summary>
    /// Runs a piece of work on a strand at once, from an event: nothing is drawn for it and the trace holds only what it does, so that the
    /// same faults make the same trace whoever decided on them.
    /// </summary>
    public void RunNow(SimulatedStrand strand, WorkItem item) => Execute(strand, item);

    private bool Loop(long until, Func<bool>? done)
    {
        instantStartedAt = Events;
        while (true)
        {
            if (done is not null && done())
                return true;
            if (Events % LookForStopEvery == 0)
                Stop.ThrowIfCancellationRequested();
            if (readyCount > 0)
                RunStep();
            else if (heap.TryPeek(out var time) && time <= until)
                FireNext(time);
            else
                break;
            AfterStep?.Invoke();
            if (failure is not null || Escapes.Found is not null)
                ThrowWhereFailed();
        }
        Now = Math.Max(Now, until);
        return false;
    }

    private void RunStep()
    {
        Events++;
        var index = chooser is not null ? chooser.Choose(ready.AsSpan(0, readyCount)) : readyCount == 1 ? 0 : order.Next(readyCount);
        var strand = ready[index];
        var item = strand.Dequeue();
        if (strand.IsEmpty)
        {
            ready[index] = ready[--readyCount];
            ready[readyCount] = null!;
        }
        Trace.Add(TraceKind.Step, Now, strand.Id);
        if (Events - instantStartedAt > StepsAtOneInstantMax)
            Fail($"{StepsAtOneInstantMax} steps ran and virtual time stood still; the last was of strand '{strand}'");
        Execute(strand, item);
    }

    private void Execute(SimulatedStrand strand, WorkItem item)
    {
        Current = strand;
        SynchronizationContext.SetSynchronizationContext(strand);
        Escapes.EnterStep(strand);
        try
        {
            item.Run();
        }
        catch (Exception e)
        {
            // Work of a life that ended in this very step was cut off anyway.
            if (strand.Incarnation.IsAlive && strand.Incarnation.StopsFor?.Invoke(e) != true)
                Fail($"machine '{strand.Incarnation.Machine}', strand '{strand.Name}': {e.GetType().Name}: {e.Message}", e);
        }
        Escapes.LeaveStep();
        SynchronizationContext.SetSynchronizationContext(null);
        Current = null;
    }

    private void FireNext(long time)
    {
        if (time > Now)
        {
            Now = time;
            instantStartedAt = Events;
        }
        Events++;
        if (chooser?.Tape is { } tape)
            FireAmong(tape, time);
        else
            heap.Pop().Fire();
    }

    // Events of about one time may come in either order: those passed over wait, and come when they are chosen.
    private void FireAmong(ChoiceTape tape, long time)
    {
        var waiting = new List<(long Time, SimulatedEvent What)>();
        do
            waiting.Add((time, heap.Pop()));
        while (waiting.Count < EventsAmongMax && heap.TryPeek(out time) && time <= waiting[0].Time + tape.Window.Ticks);
        var chosen = waiting.Count == 1 ? 0 : tape.Choose(waiting.Count);
        for (var i = 0; i < waiting.Count; i++)
        {
            if (i != chosen)
                ScheduleAt(waiting[i].What, waiting[i].Time);
        }
        Now = Math.Max(Now, waiting[chosen].Time);
        waiting[chosen].What.Fire();
    }

    private void ThrowWhereFailed()
    {
        if (Escapes.Found is { } escape)
            Fail(escape);
        if (failure is { } found)
            throw found;
    }
}
