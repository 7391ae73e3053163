using System.Globalization;
using System.Text;
using Quorate.Checking.Histories;
using Quorate.Checking.Pages;
using Quorate.Checking.Pages.Writing;

namespace Quorate.Interop.Pages;

/// <summary>Runs made up for the tests: every sign of the page occurs, and nothing depends on chance.</summary>
internal static class SamplePages
{
    private const long Ms = 1_000_000;
    private static readonly PageLane[] Lanes =
    [
        new("network", LaneKind.World), new("n1", LaneKind.Node), new("n2", LaneKind.Node), new("n3", LaneKind.Node),
        new("client 1", LaneKind.Client), new("client 2", LaneKind.Client),
    ];

    /// <summary>A stale read under a partition, with messages of every fate.</summary>
    public static RunPage StaleRead { get; } = new()
    {
        Title = "stale read",
        Verdict = PageVerdict.Invalid,
        Violation = "the history is not linearizable\nkey x\nthe second read goes back",
        Replay = "./quorate sim sample --seed 7",
        Facts = [new("Simulated", "0.1 s"), new("Machines", "3")],
        Lanes = Lanes,
        Messages =
        [
            new(1, 2, 10 * Ms, 14 * Ms, MessageFate.Arrived, "append 1", "term 1, entry 1"), new(1, 3, 10 * Ms, 17 * Ms, MessageFate.Arrived, "append 1"),
            new(2, 1, 15 * Ms, 19 * Ms, MessageFate.Arrived, "has 1", IsCopy: true), new(3, 1, 18 * Ms, 40 * Ms, MessageFate.Arrived, "has 1", IsHeld: true),
            new(1, 2, 30 * Ms, 60 * Ms, MessageFate.Cut, "append 2"), new(1, 3, 30 * Ms, 33 * Ms, MessageFate.Lost, "append 2"),
            new(3, 2, 45 * Ms, 49 * Ms, MessageFate.Arrived, "vote?"), new(2, 3, 50 * Ms, 54 * Ms, MessageFate.Arrived, "vote yes"),
            new(2, 1, 70 * Ms, 76 * Ms, MessageFate.NoReceiver, "append 3"), new(3, 1, 88 * Ms, 94 * Ms, MessageFate.Reset, "append 3"),
            new(1, 2, 96 * Ms, 100 * Ms, MessageFate.UnderWay, "vote?"),
            .. Enumerable.Range(0, 20).Select(i => new PageMessage(1, 2, i * Ms, i * Ms + Ms / 2, MessageFate.Arrived, "heartbeat", IsRoutine: true)),
        ],
        Marks =
        [
            new(1, 0, MarkKind.Boot, "boots"), new(1, 62 * Ms, MarkKind.Crash, "crashes"), new(1, 90 * Ms, MarkKind.Boot, "boots"),
            new(3, 47 * Ms, MarkKind.Term, "term 2"), new(3, 55 * Ms, MarkKind.Leader, "leader 2"), new(2, 20 * Ms, MarkKind.Commit, "1"),
            new(2, 60 * Ms, MarkKind.ClockFault, "jumps"), new(3, 80 * Ms, MarkKind.Warning, "slow disk", "a sync took 300 ms"),
        ],
        Spans =
        [
            new(0, 28 * Ms, 60 * Ms, SpanKind.NetworkFault, "partition n1 | n2 n3"), new(1, 5 * Ms, 62 * Ms, SpanKind.Leader, "leads term 1"),
            new(1, 62 * Ms, 90 * Ms, SpanKind.Down, "down"), new(3, 55 * Ms, 100 * Ms, SpanKind.Leader, "leads term 2"),
            new(2, 62 * Ms, 75 * Ms, SpanKind.Paused, "paused"), new(3, 60 * Ms, 95 * Ms, SpanKind.DiskFault, "disk 40 times slower"),
        ],
        Operations =
        [
            Bar(4, 8, 22, HistoryOutcome.Ok, "write x 1"), Bar(5, 24, 44, HistoryOutcome.Unknown, "write x 2"), Bar(4, 50, 58, HistoryOutcome.Ok, "read x → 2"),
            Bar(5, 66, 72, HistoryOutcome.Fail, "cas y [1 2]"), Bar(4, 74, 86, HistoryOutcome.Ok, "read x → 1"),
        ],
        Witness = new PageWitness
        {
            Title = "Not linearizable: these 4 operations of key x have no order.",
            Start = "nil",
            End = "2",
            Operations = [0, 1, 2, 4],
            Order = [new(0, 15 * Ms), new(1, 40 * Ms), new(2, 54 * Ms)],
            Stuck = 4,
        },
    };

    /// <summary>Two transactions that each miss the other's write, and one that came in between.</summary>
    public static RunPage Cycle { get; } = new()
    {
        Title = "write skew",
        Verdict = PageVerdict.Invalid,
        Violation = "G2-item: a cycle with two anti-dependencies",
        Axis = PageAxis.Steps,
        Lanes = [new("process 0", LaneKind.Client), new("process 1", LaneKind.Client), new("process 2", LaneKind.Client)],
        Operations =
        [
            new(0, 0, 5, HistoryOutcome.Ok, "r x nil, append y 1") { Keys = ["x", "y"] }, new(1, 2, 7, HistoryOutcome.Ok, "r y nil, append x 1") { Keys = ["x", "y"] },
            new(2, 8, 10, HistoryOutcome.Ok, "r x [1]") { Keys = ["x"] },
        ],
        Witness = new PageWitness
        {
            Title = "G2-item",
            Operations = [0, 1, 2],
            Edges = [new(0, 1, "rw", "x: read nil before 1"), new(1, 2, "wr", "x: 1"), new(1, 0, "rw", "y: read nil before 1")],
        },
    };

    /// <summary>A run of tens of thousands of events.</summary>
    public static RunPage Large(int messages) => StaleRead with
    {
        Title = "large",
        Messages = [.. Enumerable.Range(0, messages).Select(i => new PageMessage(
            1 + i % 3, 1 + (i + 1 + i / 3 % 2) % 3, i * 4_000L, i * 4_000L + 900_000, i % 50 == 0 ? MessageFate.Lost : MessageFate.Arrived, $"append {i}"))],
    };

    public static void Write(string file, RunPage page)
    {
        using var writer = new StreamWriter(file, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        PageWriter.Write(page, writer);
    }

    private static PageOperation Bar(int lane, long from, long to, HistoryOutcome outcome, string label) =>
        new(lane, from * Ms, to * Ms, outcome, label, string.Create(CultureInfo.InvariantCulture, $"{label} in full")) { Keys = [label.Split(' ')[1]], Process = "9" };
}
