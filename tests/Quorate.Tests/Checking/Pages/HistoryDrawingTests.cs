using Quorate.Checking.Histories;
using Quorate.Checking.Linearizability;
using Quorate.Checking.Models;
using Quorate.Checking.Pages;
using Quorate.Checking.Pages.Witnesses;

namespace Quorate.Tests.Checking.Pages;

public sealed class HistoryDrawingTests
{
    private const HistoryEventType Invoke = HistoryEventType.Invoke;
    private const HistoryEventType Ok = HistoryEventType.Ok;
    private const HistoryEventType Fail = HistoryEventType.Fail;
    private const HistoryEventType Unknown = HistoryEventType.Unknown;

    // Process 1 reads what process 0 wrote, then what was there before.
    private static readonly HistoryEvent[] Stale =
    [
        Event(Invoke, 0, "write", HistoryValue.Of(1), 100), Event(Ok, 0, "write", HistoryValue.Of(1), 300),
        Event(Invoke, 1, "read", HistoryValue.Nil, 400), Event(Invoke, 0, "write", HistoryValue.Of(2), 450),
        Event(Ok, 1, "read", HistoryValue.Of(1), 600), Event(Unknown, 0, "write", HistoryValue.Of(2), 650),
        Event(Invoke, 1, "read", HistoryValue.Nil, 700), Event(Ok, 1, "read", HistoryValue.Nil, 900),
    ];

    [Fact]
    public void Operations_become_bars_on_the_lanes_of_their_processes()
    {
        var drawing = HistoryDrawing.Of(Stale, new HistoryDrawingOptions { FirstLane = 3 });

        Assert.Equal(PageAxis.Time, drawing.Axis);
        Assert.Equal(["process 0", "process 1"], drawing.Lanes.Select(l => l.Name));
        Assert.Equal([(3, 0L, 200L), (4, 300, 500), (3, 350, 550), (4, 600, 800)], drawing.Operations.Select(o => (o.Lane, o.Invoked, o.Ended ?? -1)));
        Assert.Equal(["write 1", "read → 1", "write 2", "read → nil"], drawing.Operations.Select(o => o.Label));
        Assert.Equal(HistoryOutcome.Unknown, drawing.Operations[2].Outcome);
    }

    [Fact]
    public void Without_times_the_places_in_the_history_are_the_moments()
    {
        var drawing = HistoryDrawing.Of([.. Stale.Select(e => e with { Time = null })]);

        Assert.Equal(PageAxis.Steps, drawing.Axis);
        Assert.Equal([0, 2, 3, 6], drawing.Operations.Select(o => o.Invoked));
    }

    [Fact]
    public void A_time_that_goes_back_is_taken_for_the_one_before_it()
    {
        var drawing = HistoryDrawing.Of([Event(Invoke, 0, "read", HistoryValue.Nil, 50), Event(Ok, 0, "read", HistoryValue.Nil, 20)]);

        Assert.Equal((0, 0L), (drawing.Operations[0].Invoked, drawing.Operations[0].Ended!.Value));
    }

    [Fact]
    public void An_operation_that_never_ended_has_no_end()
    {
        var operation = Assert.Single(HistoryDrawing.Of([Event(Invoke, 7, "write", HistoryValue.Of(1), 5)]).Operations);

        Assert.Null(operation.Ended);
        Assert.Equal((HistoryOutcome.Unknown, "7"), (operation.Outcome, operation.Process));
    }

    [Fact]
    public void Processes_of_one_client_share_its_lane()
    {
        var drawing = HistoryDrawing.Of(
            [Event(Invoke, 1, "read", HistoryValue.Nil, 0), Event(Unknown, 1, "read", HistoryValue.Nil, 1), Event(Invoke, 1001, "read", HistoryValue.Nil, 2)],
            new HistoryDrawingOptions { ClientOf = p => p % 1000 });

        Assert.Equal("client 1", Assert.Single(drawing.Lanes).Name);
    }

    [Fact]
    public void Of_too_many_processes_those_that_never_overlap_share_a_lane()
    {
        var events = Enumerable.Range(0, 100).SelectMany(i => new[] { Event(Invoke, i, "read", HistoryValue.Nil, 10 * i), Event(Ok, i, "read", HistoryValue.Nil, 10 * i + 15) });

        var drawing = HistoryDrawing.Of([.. events.OrderBy(e => e.Time)]);

        Assert.Equal(2, drawing.Lanes.Count);
        Assert.Equal(50, drawing.Operations.Count(o => o.Lane == 0));
    }

    [Fact]
    public void Keys_are_found_in_the_parts_of_a_transaction()
    {
        var parts = HistoryValue.List(Part("append", "x", 1), Part("r", "y", null), Part("append", "x", 2));

        var operation = Assert.Single(HistoryDrawing.Of([Event(Invoke, 0, "txn", parts, 1), Event(Fail, 0, "txn", parts, 2)]).Operations);

        Assert.Equal(["x", "y"], operation.Keys);
        Assert.Equal("txn append x 1, r y nil, append x 2", operation.Label);
        Assert.EndsWith("failed", operation.Detail);
    }

    [Fact]
    public void The_order_of_a_witness_takes_effect_within_its_operations_and_the_stuck_one_is_found()
    {
        var history = History.FromEvents(Stale);
        var verdict = LinearizabilityChecker.Check(history, new RegisterModel(compareAndSet: false));
        var drawing = HistoryDrawing.Of(Stale);

        var witness = WitnessDrawing.Of(drawing, WitnessFinder.Find(verdict.Violation!));

        Assert.Equal("read → nil", drawing.Operations[witness.Stuck!.Value].Label);
        AssertInOrder(drawing, witness);
    }

    [Fact]
    public void Every_order_of_random_histories_takes_effect_within_its_operations()
    {
        var (drawn, points) = (0, 0);
        for (var seed = 0; seed < 400; seed++)
        {
            var events = Concurrent(new Random(seed));
            var verdict = LinearizabilityChecker.Check(History.FromEvents(events), new RegisterModel(compareAndSet: false));
            if (verdict.Violation is not { } violation)
                continue;
            drawn++;
            var drawing = HistoryDrawing.Of(events);
            var witness = WitnessDrawing.Of(drawing, WitnessFinder.Find(violation));
            points += witness.Order.Count;
            AssertInOrder(drawing, witness);
        }

        Assert.InRange(drawn, 50, 400);
        Assert.True(points > 20, $"only {points} operations in all orders");
    }

    [Fact]
    public void A_cycle_becomes_edges_between_its_operations()
    {
        var operations = History.FromEvents(Stale).Operations;
        var drawing = HistoryDrawing.Of(Stale);

        var witness = WitnessDrawing.OfCycle(drawing, "G-single", [new(operations[0], operations[3], "rt"), new(operations[3], operations[0], "rw", "key x")]);

        Assert.Equal([new PageEdge(0, 3, "rt"), new PageEdge(3, 0, "rw", "key x")], witness.Edges);
        Assert.Equal([0, 3], witness.Operations);
    }

    private static void AssertInOrder(HistoryDrawing drawing, PageWitness witness)
    {
        Assert.Equal(witness.Order.Select(p => p.At).Order(), witness.Order.Select(p => p.At));
        Assert.All(witness.Order, point =>
        {
            var operation = drawing.Operations[point.Operation];
            Assert.InRange(point.At, operation.Invoked, operation.Outcome == HistoryOutcome.Ok ? operation.Ended!.Value : long.MaxValue);
        });
    }

    private static List<HistoryEvent> Concurrent(Random random)
    {
        var events = new List<HistoryEvent>();
        var open = new HistoryEvent?[3];
        for (var time = 0L; time < 24; time++)
        {
            var process = random.Next(open.Length);
            if (open[process] is { } begun)
            {
                events.Add(begun with { Type = Ok, Value = begun.Function == "read" ? HistoryValue.Of(random.Next(3)) : begun.Value, Time = time * 1000 });
                open[process] = null;
            }
            else
            {
                var read = random.Next(2) == 0;
                open[process] = Event(Invoke, process, read ? "read" : "write", read ? HistoryValue.Nil : HistoryValue.Of(random.Next(3)), time * 1000);
                events.Add(open[process]!);
            }
        }

        return events;
    }

    private static HistoryValue Part(string name, string key, long? value) =>
        HistoryValue.List(HistoryValue.Keyword(name), HistoryValue.Keyword(key), value is { } v ? HistoryValue.Of(v) : HistoryValue.Nil);

    private static HistoryEvent Event(HistoryEventType type, long process, string function, HistoryValue value, long time) =>
        new(type, process, function, null, value, null, time);
}
