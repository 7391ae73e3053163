using Quorate.Kernel.Machines;
using Quorate.Kernel.Strands;

namespace Quorate.Tests.Services.Coordination;

/// <summary>A machine with one strand and a manual clock, driven by the test's own thread. It has neither network nor disk.</summary>
internal sealed class ManualMachine(int seed = 1) : IMachine, ITelemetry
{
    private readonly ManualClock clock = new();
    private readonly ManualStrand strand = new();

    public string Name => "n1";

    public TimeProvider Clock => clock;

    public INetwork Network => throw new NotSupportedException();

    public IDisk Disk => throw new NotSupportedException();

    public Random Random { get; } = new(seed);

    public void FillSecret(Span<byte> bytes) => Random.NextBytes(bytes);

    public ITelemetry Telemetry => this;

    public Strand Strand => strand;

    public Exception? Failure { get; private set; }

    public List<string> Said { get; } = [];

    public Strand CreateStrand(string name) => strand;

    public void Fail(Exception reason) => Failure ??= reason;

    public bool IsEnabled(Severity severity) => false;

    public System.Diagnostics.Metrics.Meter? OpenMeter(string name) => null;

    public void Record(Severity severity, string component, string text) => Said.Add(text);

    /// <summary>Runs work on the strand to its end; time goes on whenever nothing else is to do, for at most an hour.</summary>
    public void Run(Func<Task> main)
    {
        var task = strand.InvokeAsync(main);
        var limit = clock.Elapsed + TimeSpan.FromHours(1);
        while (!task.IsCompleted)
        {
            if (!strand.RunOne() && !clock.FireNext(limit))
                throw new TimeoutException("Nothing is left to do, and the work is not done.");
            ThrowIfFailed();
        }

        task.GetAwaiter().GetResult();
    }

    /// <summary>Runs one piece of work on the strand at once, before everything that is posted.</summary>
    public void RunNow(Action work) => strand.Execute(static state => ((Action)state!)(), work);

    /// <summary>Lets everything that is posted run, without time going on.</summary>
    public void Settle()
    {
        while (strand.RunOne())
            ThrowIfFailed();
    }

    /// <summary>Lets time go on.</summary>
    public void Advance(TimeSpan time)
    {
        var end = clock.Elapsed + time;
        Settle();
        while (clock.FireNext(end))
            Settle();
        clock.GoTo(end);
    }

    private void ThrowIfFailed()
    {
        if (Failure is not null)
            throw new InvalidOperationException("The machine failed.", Failure);
    }

    private sealed class ManualStrand : Strand
    {
        private readonly Queue<(SendOrPostCallback Work, object? State)> queue = new();

        public override string Name => "test";

        public override void Post(SendOrPostCallback d, object? state)
        {
            lock (queue)
                queue.Enqueue((d, state));
        }

        public bool RunOne()
        {
            (SendOrPostCallback Work, object? State) next;
            lock (queue)
            {
                if (!queue.TryDequeue(out next))
                    return false;
            }

            Execute(next.Work, next.State);
            return true;
        }

        public void Execute(SendOrPostCallback work, object? state)
        {
            var before = Current;
            SetSynchronizationContext(this);
            try
            {
                work(state);
            }
            finally
            {
                SetSynchronizationContext(before);
            }
        }
    }
}
