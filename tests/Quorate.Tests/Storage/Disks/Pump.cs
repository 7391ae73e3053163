using Quorate.Kernel.Strands;

namespace Quorate.Tests.Storage.Disks;

/// <summary>A strand that runs on the caller's thread until the work is done; with a seed, what waits runs in a random order.</summary>
internal sealed class Pump(Random? random) : Strand
{
    private readonly List<(SendOrPostCallback Work, object? State)> waiting = [];

    public override string Name => "test";

    public override void Post(SendOrPostCallback d, object? state) => waiting.Add((d, state));

    public static void Run(Func<Task> work, Random? random = null)
    {
        var before = Current;
        var pump = new Pump(random);
        SetSynchronizationContext(pump);
        try
        {
            var done = work();
            while (!done.IsCompleted)
                pump.RunOne();
            done.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    private void RunOne()
    {
        Assert.True(waiting.Count > 0, "the work waits for something that will never come");
        var index = random?.Next(waiting.Count) ?? 0;
        var (work, state) = waiting[index];
        waiting.RemoveAt(index);
        work(state);
    }
}
