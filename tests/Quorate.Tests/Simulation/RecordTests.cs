using System.Text;
using Quorate.Kernel.Machines;
using Quorate.Simulation;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Tracing;

namespace Quorate.Tests.Simulation;

/// <summary>The record of a run tells what happened, and changes nothing.</summary>
[Trait("Speed", "Slow")]
public sealed class RecordTests
{
    private static readonly RecordOptions Words = new() { Streams = () => new FirstByte(), Datagrams = new FirstByte() };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_recorded_run_takes_the_same_steps(ulong seed)
    {
        Assert.Equal(Run(seed, null).Hash, Run(seed, Words).Hash);
        Assert.Null(Run(seed, null).Record);
    }

    [Fact]
    public void Every_message_has_at_most_one_end_and_it_comes_after_its_sending()
    {
        for (ulong seed = 1; seed <= 10; seed++)
        {
            var events = Run(seed, Words).Record!.Events;
            var sent = events.OfType<MessageSent>().ToDictionary(m => m.Id, m => m.At);
            var ends = events.Select(e => e switch { MessageArrived a => (a.Id, a.At), MessageLost l => (l.Id, l.At), _ => (Id: 0, e.At) }).Where(e => e.Id > 0).ToList();

            Assert.Equal(ends.Count, ends.Select(e => e.Id).Distinct().Count());
            Assert.All(ends, end => Assert.True(end.At >= sent[end.Id]));
            Assert.True(sent.Count - ends.Count <= sent.Count / 10 + 20, $"seed {seed}: {sent.Count - ends.Count} of {sent.Count} messages have no end");
        }
    }

    [Fact]
    public void A_datagram_into_a_partition_is_cut_one_to_nobody_finds_no_receiver_and_a_double_is_a_copy()
    {
        var events = Datagrams(world => world.Network.Partition("a", "b"));
        Assert.All(events.OfType<MessageLost>(), l => Assert.Equal(LossCause.Cut, l.Cause));
        Assert.NotEmpty(events.OfType<MessageLost>());

        events = Datagrams(world => world.Machines[1].Crash());
        Assert.Contains(events.OfType<MessageLost>(), l => l.Cause == LossCause.NoReceiver);

        events = Datagrams(world => world.Network.Duplication = 0.99);
        Assert.Contains(events.OfType<MessageSent>(), m => m.IsCopy);

        events = Datagrams(world => world.Network.Loss = 0.99);
        Assert.Contains(events.OfType<MessageLost>(), l => l.Cause == LossCause.Loss);
    }

    [Fact]
    public void A_labeler_puts_messages_into_words()
    {
        var sent = Datagrams(_ => { }).OfType<MessageSent>().First();

        Assert.Equal(("a", "b", MessageForm.Datagram, 1), (sent.From, sent.To, sent.Form, sent.Bytes));
        Assert.Equal(new MessageLabel("begins with 7"), sent.Label);
    }

    [Fact]
    public void Bytes_of_a_connection_that_a_cut_holds_up_are_held_and_arrive_later()
    {
        using var world = new World(5, new WorldOptions { Record = new RecordOptions() });
        world.AddMachine("s", EchoWorld.ServeAsync);
        world.AddClient("c", async (machine, ct) =>
        {
            await using var connection = await machine.Network.ConnectAsync(new("s", 7000), ct);
            for (byte i = 0; i < 100; i++)
            {
                await EchoWorld.AskAsync(connection, [i]);
                await Task.Delay(TimeSpan.FromMilliseconds(50), machine.Clock, ct);
            }
        });
        world.After(TimeSpan.FromSeconds(1), () => world.Network.Partition("s", "c"));
        world.After(TimeSpan.FromSeconds(3), world.Heal);
        world.Run(TimeSpan.FromSeconds(20));

        var held = Assert.Single(world.Record!.Events.OfType<MessageHeld>());
        var arrived = world.Record.Events.OfType<MessageArrived>().Single(a => a.Id == held.Id);
        Assert.True(arrived.At >= TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void Crashes_pauses_knobs_cuts_reports_and_notes_are_recorded()
    {
        using var world = new World(1, new WorldOptions { Record = new RecordOptions() });
        var machine = world.AddMachine("a", (m, ct) =>
        {
            m.Telemetry.Record(Severity.Warning, "block", "something");
            m.Telemetry.Record(Severity.Debug, "block", "nothing");
            return Task.Delay(Timeout.InfiniteTimeSpan, m.Clock, ct);
        });
        world.AddMachine("b", (m, ct) => Task.Delay(Timeout.InfiniteTimeSpan, m.Clock, ct));
        world.Run(TimeSpan.FromSeconds(1));
        machine.Pause();
        machine.Resume();
        machine.Crash();
        machine.Start();
        machine.Disk.Slowness = 10;
        machine.Clock.Jump(TimeSpan.FromSeconds(3));
        world.Network.Cut("a", "b");
        world.Network.Clog("b", "a", TimeSpan.FromSeconds(1));
        world.Record!.Note("a", "mood", "good");
        world.Heal();

        var events = world.Record.Events;
        Assert.Equal(
            [MachineStep.Booted, MachineStep.Paused, MachineStep.Resumed, MachineStep.Crashed, MachineStep.Booted],
            events.OfType<MachineChanged>().Where(m => m.Machine == "a").Select(m => m.Step));
        Assert.Contains(events, e => e is KnobTurned { Machine: "a", Owner: KnobOwner.Disk, Knob: "slowness", IsFaulty: true });
        Assert.Contains(events, e => e is KnobTurned { Machine: "a", Owner: KnobOwner.Disk, Knob: "slowness", IsFaulty: false });
        Assert.Contains(events, e => e is KnobTurned { Owner: KnobOwner.Clock, IsInstant: true, Text: "wall clock jumps by +3 s" });
        Assert.Contains(events, e => e is LinkChanged { From: "a", To: "b", Step: LinkStep.Cut });
        Assert.Contains(events, e => e is LinkChanged { From: "b", To: "a", Step: LinkStep.Clogged } c && c.Until == world.Now + TimeSpan.FromSeconds(1));
        Assert.Contains(events, e => e is NetworkHealed);
        Assert.Contains(new RunNoted(world.Now, "a", "mood", "good"), events);
        Assert.Equal("something", events.OfType<TelemetryReported>().First().Text);
        Assert.DoesNotContain(events, e => e is TelemetryReported { Text: "nothing" });
    }

    [Fact]
    public void A_full_record_gives_up_its_oldest_half()
    {
        var whole = Run(1, new RecordOptions()).Record!;
        var bound = Run(1, new RecordOptions { EventsMax = 100 }).Record!;

        Assert.InRange(bound.Events.Count, 50, 100);
        Assert.Equal(whole.Events.Count, bound.Events.Count + bound.Dropped);
        Assert.Equal(whole.Events[^1], bound.Events[^1]);
    }

    private static (ulong Hash, RunRecord? Record) Run(ulong seed, RecordOptions? record)
    {
        using var world = new World(seed, new WorldOptions { Record = record });
        world.AddMachine("s", EchoWorld.ServeAsync);
        for (var i = 0; i < 2; i++)
            world.AddMachine($"n{i}", GossipAsync);
        world.AddClient("c", async (machine, ct) =>
        {
            while (true)
            {
                try
                {
                    await using var connection = await machine.Network.ConnectAsync(new("s", 7000), ct);
                    for (var i = 0; i < 100; i++)
                    {
                        await EchoWorld.AskAsync(connection, Encoding.UTF8.GetBytes($"question {i}"));
                        await Task.Delay(TimeSpan.FromMilliseconds(20), machine.Clock, ct);
                    }
                }
                catch (IOException)
                {
                    // Reset, refused or silent: again.
                }
            }
        });
        world.Inject(FaultPlan.NetworkAndCrashes with { IntervalMax = TimeSpan.FromSeconds(1) });
        world.Run(TimeSpan.FromSeconds(20));
        world.Heal();
        world.Run(TimeSpan.FromSeconds(1));
        return (world.TraceHash, world.Record);
    }

    private static async Task GossipAsync(IMachine machine, CancellationToken ct)
    {
        await using var socket = await machine.Network.BindAsync(new(machine.Name, 9), ct);
        while (true)
        {
            socket.Send(new(machine.Name == "n0" ? "n1" : "n0", 9), [1, 2, 3]);
            await Task.Delay(TimeSpan.FromMilliseconds(30), machine.Clock, ct);
        }
    }

    private static IReadOnlyList<RunEvent> Datagrams(Action<World> fault)
    {
        using var world = new World(3, new WorldOptions { Record = Words });
        world.AddMachine("a", async (machine, ct) =>
        {
            await using var socket = await machine.Network.BindAsync(new("a", 9), ct);
            for (var i = 0; i < 50; i++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), machine.Clock, ct);
                socket.Send(new("b", 9), [7]);
            }
        });
        world.AddMachine("b", async (machine, ct) =>
        {
            await using var socket = await machine.Network.BindAsync(new("b", 9), ct);
            await Task.Delay(Timeout.InfiniteTimeSpan, machine.Clock, ct);
        });
        world.Run(TimeSpan.FromMilliseconds(5));
        fault(world);
        world.Run(TimeSpan.FromSeconds(2));
        return world.Record!.Events;
    }

    private sealed class FirstByte : IMessageLabeler
    {
        public MessageLabel? Label(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? null : new MessageLabel($"begins with {bytes[0]}");
    }
}
