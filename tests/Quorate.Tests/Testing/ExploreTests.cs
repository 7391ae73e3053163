using Bank;
using Quorate.Checking.Histories;
using Quorate.Checking.Models;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Schedules;
using Quorate.Testing;
using Quorate.Testing.Reports;
using Quorate.Testing.Worlds;
using Explorer = Quorate.Testing.Simulation;

namespace Quorate.Tests.Testing;

public sealed class ExploreTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("quorate-explore-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    [Trait("Speed", "Slow")]
    public void The_bug_of_the_bank_in_the_samples_is_found_shrunk_and_replayed_from_its_file()
    {
        var failure = Assert.Throws<ExplorationFailedException>(() => Explorer.Explore(1..200, Bank, Options(), "bank").MustHold());
        Assert.InRange(failure.Run.Schedule.Events, 1, 4);
        Assert.Contains("replay: QUORATE_SCHEDULE=", failure.Message);
        Assert.Contains("Expected: 300", failure.Message);
        var file = Assert.Single(Directory.GetFiles(folder, "bank-*.schedule.json"));
        Assert.Contains(file, failure.Message);
        Assert.Single(Directory.GetFiles(folder, "bank-*.history.jsonl"));
        var page = Assert.Single(Directory.GetFiles(folder, "bank-*.html"));
        Assert.Contains($"page: {page}", failure.Message);
        AssertDraws(page, "transfer", "\"client 0\"", "\"n1\"", "Expected: 300");
        // Either fault shows the bug, and the page must show the one that is left.
        AssertDraws(page, [.. failure.Run.Schedule.Faults.Select(f => f.Kind == FaultKind.Pause ? "paused" : "crash")]);
        var schedule = ScheduleReader.Parse(File.ReadAllText(file));
        Assert.Equal(ScheduleWriter.ToText(failure.Run.Schedule), ScheduleWriter.ToText(schedule));
        var again = 0;
        failure.Run.Rerun(o => o with { TraceKeptMax = 50 }, world => again = world.TraceLines().Count);
        Assert.InRange(again, 10, 50);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void A_register_that_answers_reads_from_a_stale_copy_is_not_linearizable()
    {
        var failure = Assert.Throws<ExplorationFailedException>(
            () => Explorer.Explore(1..50, world => Register(world, isStale: true), Options(), "stale").MustBe(HistoryModels.Named("register")!));
        Assert.Contains("not linearizable", failure.Message);
        Assert.InRange(failure.Run.Schedule.Operations!.Count, 2, 6);
        AssertDraws(Assert.Single(Directory.GetFiles(folder, "stale-*.html")), "Not linearizable: ", "read");
    }

    [Fact]
    public void A_report_that_cannot_be_written_does_not_hide_the_violation()
    {
        var options = Unshrunk() with { Artifacts = [new BrokenArtifact()] };
        var failure = Assert.Throws<ExplorationFailedException>(() => Explorer.Explore(1..200, Bank, options, "broken").MustHold());
        Assert.Contains("Expected: 300", failure.Message);
        Assert.Contains("broken: not written: InvalidOperationException: no ink", failure.Message);
    }

    [Fact]
    public void A_correct_register_passes_and_the_report_says_what_was_run()
    {
        var report = Explorer.Explore(1..20, world => Register(world, isStale: false), Options(), "right").MustBe(HistoryModels.Named("register")!);
        Assert.Equal((20, 20L, true), (report.Seeds, report.Runs, report.IsComplete));
        Assert.Empty(report.Undecided);
    }

    [Fact]
    public void Clients_that_do_not_end_are_a_violation_of_liveness()
    {
        var failure = Assert.Throws<ExplorationFailedException>(() => Explorer.Explore(
            1..1, world => world.Clients(1, client => Task.Delay(Timeout.InfiniteTimeSpan, client.Machine.Clock)), Unshrunk(), "stuck").MustHold());
        Assert.Contains("did not come to an end within", failure.Message);
    }

    [Fact]
    public void A_service_that_needs_all_of_its_machines_makes_no_progress_with_a_majority()
    {
        var options = Unshrunk() with { ProgressMax = TimeSpan.FromSeconds(20), FaultTime = TimeSpan.FromSeconds(2) };
        var failure = Assert.Throws<ExplorationFailedException>(() => Explorer.Explore(1..10, NeedsAll, options, "all").MustHold());
        Assert.Contains("no operation succeeded within 20 s after", failure.Message);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Every_order_of_a_small_world_is_tried_and_the_one_that_fails_replays()
    {
        var options = Options() with { ExhaustiveDepth = 30, FaultTime = TimeSpan.FromSeconds(1), ShrinkTime = TimeSpan.Zero };
        var sums = new SortedSet<int>();
        var report = Explorer.Explore(1..1, world => Increments(world, sums, fails: false), options, "orders").MustHold();
        Assert.True(report.IsComplete);
        Assert.InRange(report.Runs, 6, 10_000);
        Assert.Equal([1, 2], sums);
        var failure = Assert.Throws<ExplorationFailedException>(
            () => Explorer.Explore(1..1, world => Increments(world, sums, fails: true), options, "orders").MustHold());
        Assert.Contains("\"order\": \"choices ", ScheduleWriter.ToText(failure.Run.Schedule));
    }

    [Fact]
    public void The_environment_goes_before_what_the_test_says()
    {
        var variables = new Dictionary<string, string> { ["QUORATE_SEEDS"] = "5..9", ["QUORATE_SECONDS"] = "60", ["QUORATE_OUTPUT"] = "out" };
        var environment = ExploreEnvironment.Read(name => variables.GetValueOrDefault(name));
        Assert.Equal(((5UL, 9UL), TimeSpan.FromMinutes(1), "out"), (environment.Seeds, environment.TimeMax, environment.Output));
        variables["QUORATE_SEEDS"] = "7";
        Assert.Equal((7UL, 7UL), ExploreEnvironment.Read(name => variables.GetValueOrDefault(name)).Seeds);
        variables["QUORATE_SEEDS"] = "9..5";
        Assert.Throws<FormatException>(() => ExploreEnvironment.Read(name => variables.GetValueOrDefault(name)));
    }

    private ExploreOptions Options() => new() { Output = folder, Progress = null, Jobs = 2, ShrinkTime = TimeSpan.FromSeconds(20) };

    private ExploreOptions Unshrunk() => Options() with { ShrinkTime = TimeSpan.Zero };

    private static Workload Bank(TestWorld world)
    {
        var bank = world.Cluster(1, machine => new BankService(machine), (service, stop) => service.RunAsync(stop));
        long? total = null;
        world.Inject(FaultKind.Crash, FaultKind.Pause);
        world.Finally(() => Assert.Equal(BankService.Accounts * BankService.Opening, total));
        return world.Clients(2, async client =>
        {
            while (await client.NextAsync())
            {
                var (from, to) = (client.Random.Next(3), client.Random.Next(3));
                await client.DoAsync("transfer", null, HistoryValue.Of(1), async () =>
                    bank[0] is { } service && await service.TransferAsync(from, to, 1) ? HistoryValue.Of(1)
                    : throw new OperationFailedException("refused"));
            }
            while (total is null && bank[0] is { } service)
                total = await service.TotalAsync();
        });
    }

    private static Workload Register(TestWorld world, bool isStale)
    {
        long value = 0, copy = 0;
        world.Cluster(1, async (machine, stop) =>
        {
            while (true)
            {
                copy = value;
                await Task.Delay(TimeSpan.FromSeconds(1), machine.Clock, stop);
            }
        });
        return world.Clients(3, async client =>
        {
            while (await client.NextAsync())
            {
                var next = client.Number * 1000L + client.Operation + 1;
                if (client.Random.Next(2) == 0)
                    await client.DoAsync("write", null, HistoryValue.Of(next), () => Task.FromResult(HistoryValue.Of(value = next)));
                else
                    await client.DoAsync("read", null, HistoryValue.Nil, () => Task.FromResult(Value(isStale ? copy : value)));
            }
        });
    }

    private static HistoryValue Value(long value) => value == 0 ? HistoryValue.Nil : HistoryValue.Of(value);

    private static Workload NeedsAll(TestWorld world)
    {
        var cluster = world.Cluster(3, EchoAsync);
        return world.Clients(1, async client =>
        {
            while (await client.NextAsync())
                await client.DoAsync("ask", null, HistoryValue.Nil, async () =>
                {
                    foreach (var name in cluster.Names)
                        await (await client.Machine.Network.ConnectAsync(new(name, 7000))).DisposeAsync();
                    return HistoryValue.Nil;
                });
        });
    }

    private static async Task EchoAsync(Quorate.Kernel.Machines.IMachine machine, CancellationToken stop)
    {
        await using var listener = await machine.Network.ListenAsync(new(machine.Name, 7000), stop);
        while (true)
            await (await listener.AcceptAsync(stop)).DisposeAsync();
    }

    // Two machines that read, yield, and write back one more: 2, or 1 where one read before the other wrote.
    private static Workload Increments(TestWorld world, SortedSet<int> sums, bool fails)
    {
        var sum = 0;
        world.Cluster(2, async (_, _) =>
        {
            var read = sum;
            await Task.Yield();
            sum = read + 1;
        });
        world.Finally(() => Assert.True(!fails || sum == 2, "an increment was lost"));
        world.Finally(() => sums.Add(sum));
        return world.Clients(1, _ => Task.CompletedTask);
    }

    private static void AssertDraws(string file, params string[] words)
    {
        var page = File.ReadAllText(file);
        Assert.All(words, word => Assert.Contains(word, page));
    }

    private sealed class BrokenArtifact : IFailureArtifact
    {
        public string Name => "broken";

        public string Extension => ".txt";

        public void Write(FailedRun run, TextWriter output) => throw new InvalidOperationException("no ink");
    }
}
