using System.Diagnostics;
using Quorate.Kernel.Machines;
using Quorate.Testing;
using Quorate.Testing.Worlds;
using Explorer = Quorate.Testing.Simulation;

namespace Quorate.Tests.Testing;

/// <summary>Whatever a run depends on beside its seed is found, and the place in the code is named.</summary>
[Trait("Speed", "Slow")]
public sealed class LeakTests : IDisposable
{
    private static int Calls;
    private readonly string folder = Directory.CreateTempSubdirectory("quorate-leak-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Code_that_keeps_to_its_machine_is_deterministic()
    {
        var report = Explorer.Explore(1..3, world => Leaky(world, _ => 5), Options(), "clean").MustBeDeterministic();
        Assert.Equal((3, 6L), (report.Seeds, report.Runs));
    }

    [Fact]
    public void The_wall_clock_is_found() => Finds(nameof(ReadTheWallClock), ReadTheWallClock);

    [Fact]
    public void Static_state_is_found() => Finds(nameof(CountInAStatic), CountInAStatic);

    [Fact]
    public void The_order_of_an_unordered_collection_is_found() => Finds(nameof(EnumerateUnordered), EnumerateUnordered);

    [Fact]
    public void The_hash_of_an_object_is_found() => Finds(nameof(HashAnObject), HashAnObject);

    [Fact]
    public void Work_on_the_thread_pool_is_found()
    {
        var failure = FailureOf(world => world.Cluster(1, (machine, _) => ComputeOnThePool(machine)));
        Assert.Contains("left", failure.Message);
        Assert.Contains("strand 'n1/main'", failure.Message);
        Assert.Contains($"{nameof(LeakTests)}.{nameof(ComputeOnThePool)}", failure.Message);
        Assert.Contains("LeakTests.cs:", failure.Message);
    }

    [Fact]
    public void Another_number_of_steps_is_found_at_the_end()
    {
        var runs = 0;
        var failure = FailureOf(world =>
        {
            var isFirst = runs++ == 0;
            world.Cluster(1, async (machine, stop) =>
            {
                if (isFirst)
                    await machine.Disk.ExistsAsync("f", stop);
            });
        });
        Assert.Contains("after ", failure.Message);
    }

    // Hashes of texts differ between processes, and within one they do not: the first process leaves its steps, the second compares.
    [Fact]
    public async Task The_hash_of_a_text_is_found_by_a_second_process()
    {
        var first = await RunPlantedAsync();
        Assert.True(first.ExitCode == 0, first.Output);
        var second = await RunPlantedAsync();
        Assert.True(second.ExitCode != 0, second.Output);
        Assert.Contains($"{nameof(LeakTests)}.{nameof(HashAText)}", second.Output);
        Assert.Contains("LeakTests.cs:", second.Output);
    }

    [Fact]
    public void Planted_for_a_second_process()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("QUORATE_TRACE") is null, "runs in the processes that another test starts");
        Explorer.Explore(1..1, world => Leaky(world, HashAText), Options(), "planted").MustBeDeterministic();
    }

    private void Finds(string method, Func<IMachine, int> leak)
    {
        var failure = FailureOf(world => Leaky(world, leak));
        Assert.Contains("the run does not depend on its seed alone: after ", failure.Message);
        Assert.Contains($"{nameof(LeakTests)}.{method}", failure.Message);
        Assert.Contains("LeakTests.cs:", failure.Message);
    }

    private ExplorationFailedException FailureOf(Action<TestWorld> setup) => Assert.Throws<ExplorationFailedException>(() => Explorer.Explore(
        1..1,
        world =>
        {
            setup(world);
            return new Workload(0);
        },
        Options(),
        "leak").MustBeDeterministic());

    private ExploreOptions Options() => new() { Output = folder, Progress = null, FaultTime = TimeSpan.FromSeconds(2) };

    private static Workload Leaky(TestWorld world, Func<IMachine, int> leak)
    {
        world.Cluster(2, async (machine, stop) =>
        {
            await using var socket = await machine.Network.BindAsync(new(machine.Name, 9), stop);
            for (var i = 0; i < 20; i++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), machine.Clock, stop);
                leak(machine);
            }
        });
        return new Workload(0);
    }

    private static int ReadTheWallClock(IMachine machine)
    {
        _ = Task.Delay(TimeSpan.FromTicks(1 + DateTime.UtcNow.Ticks % 1_000_000), machine.Clock, CancellationToken.None);
        return 0;
    }

    private static int CountInAStatic(IMachine machine)
    {
        _ = Task.Delay(TimeSpan.FromMilliseconds(++Calls), machine.Clock, CancellationToken.None);
        return 0;
    }

    private static int EnumerateUnordered(IMachine machine)
    {
        var set = new System.Collections.Concurrent.ConcurrentDictionary<object, int>();
        for (var i = 1; i <= 20; i++)
            set[new object()] = i;
        foreach (var (_, number) in set)
            _ = Task.Delay(TimeSpan.FromMilliseconds(number), machine.Clock, CancellationToken.None);
        return 0;
    }

    private static int HashAnObject(IMachine machine)
    {
        _ = Task.Delay(TimeSpan.FromMilliseconds(1 + new object().GetHashCode() % 1000), machine.Clock, CancellationToken.None);
        return 0;
    }

    private static int HashAText(IMachine machine)
    {
        _ = Task.Delay(TimeSpan.FromMilliseconds(1 + (uint)"a text".GetHashCode() % 100_000), machine.Clock, CancellationToken.None);
        return 0;
    }

    private static async Task ComputeOnThePool(IMachine machine)
    {
        await Task.Run(() => Thread.SpinWait(1000));
        await Task.Delay(TimeSpan.FromMilliseconds(1), machine.Clock);
    }

    private async Task<(int ExitCode, string Output)> RunPlantedAsync()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { typeof(LeakTests).Assembly.Location, "-noColor", "-method", $"*{nameof(Planted_for_a_second_process)}" })
            start.ArgumentList.Add(argument);
        start.Environment["QUORATE_TRACE"] = Path.Combine(folder, "traces");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + errors);
    }
}
