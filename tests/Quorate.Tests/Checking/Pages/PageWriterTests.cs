using System.Text;
using System.Text.RegularExpressions;
using Quorate.Checking.Histories;
using Quorate.Checking.Pages;
using Quorate.Checking.Pages.Writing;

namespace Quorate.Tests.Checking.Pages;

public sealed class PageWriterTests
{
    private static readonly PageLane[] Lanes = [new("n1", LaneKind.Node), new("n2", LaneKind.Node), new("c", LaneKind.Client)];

    private static RunPage Small => new()
    {
        Title = "three",
        Lanes = Lanes,
        Messages =
        [
            new(1, 0, 5_000, 9_000, MessageFate.Cut, "vote?", IsHeld: true),
            new(0, 1, 1_000, 2_500, MessageFate.Arrived, "vote?", "term 2"),
        ],
        Marks = [new(0, 3_000, MarkKind.Crash, "crashes")],
        Spans = [new(0, 3_000, 8_000, SpanKind.Down, "down")],
        Operations =
        [
            new(2, 4_000, 6_000, HistoryOutcome.Ok, "write 1") { Keys = ["x", "y"] },
            new(2, 7_000, null, HistoryOutcome.Unknown, "write 2"),
        ],
    };

    [Fact]
    public void A_page_needs_nothing_but_itself()
    {
        var html = PageText.Of(Small).Html;

        Assert.DoesNotMatch(new Regex("""(src|href)\s*=\s*["'](?!#|data:)""", RegexOptions.IgnoreCase), html);
        Assert.DoesNotContain("://", html);
        Assert.DoesNotContain("@import", html);
        Assert.Contains("default-src 'none'", html);
    }

    [Fact]
    public void No_text_of_a_run_acts_as_markup()
    {
        const string Evil = "</script><script>alert(1)</script><!-- <b> \u2028 ' \" {{ /* script */";
        var page = Small with { Title = Evil, Violation = Evil, Replay = Evil, Notes = [Evil], Facts = [new(Evil, Evil)], Lanes = [new(Evil, LaneKind.Node), .. Lanes[1..]] };

        var text = PageText.Of(page);

        Assert.DoesNotContain("<script>alert", text.Html);
        Assert.Equal(Evil, text.Data.GetProperty("violation").GetString());
        Assert.Equal(Evil, text.Data.GetProperty("lanes")[0].GetString());
    }

    [Fact]
    public void Moments_are_differences_in_the_largest_unit_that_loses_nothing_and_messages_stand_in_order()
    {
        var text = PageText.Of(Small);

        Assert.Equal(500, text.Data.GetProperty("unit").GetInt32());
        Assert.Equal([2, 8], text.Numbers("messages", "sent"));
        Assert.Equal([3, 8], text.Numbers("messages", "took"));
        Assert.Equal([0, (int)MessageFate.Cut | 32], text.Numbers("messages", "what"));
        Assert.Equal(["term 2", ""], text.Texts("messages", "detail"));
        Assert.Equal(18, text.Data.GetProperty("end").GetInt32());
    }

    [Fact]
    public void An_operation_without_an_end_says_so_and_keys_go_with_their_operation()
    {
        var text = PageText.Of(Small);

        Assert.Equal([4, -1], text.Numbers("operations", "took"));
        Assert.Equal([2, 0], text.Numbers("operations", "keyCount"));
        Assert.Equal(["x", "y"], text.Texts("operations", "keys"));
    }

    [Fact]
    public void A_small_run_is_whole() => Assert.Equal(new PageSize(Encoding.UTF8.GetByteCount(PageText.Of(Small).Html), 6, 6), PageText.Of(Small).Size);

    [Fact]
    public void A_run_that_is_too_large_keeps_to_two_megabytes_and_the_page_says_what_is_missing()
    {
        var text = PageText.Of(Large(150_000));

        Assert.InRange(Encoding.UTF8.GetByteCount(text.Html), 1_500_000, 2_000_000);
        Assert.True(text.Size.Kept < text.Size.Events);
        var note = Assert.Single(text.Data.GetProperty("notes").EnumerateArray()).GetString();
        Assert.Contains("Left out", note);
        Assert.Contains("of 112,500 routine messages", note);
    }

    [Fact]
    public void Routine_goes_first_then_what_is_far_and_the_witness_never()
    {
        var run = Large(150_000);
        var text = PageText.Of(run, new PageLimits { BytesMax = 1_000_000 });

        var routine = text.Numbers("messages", "what").Count(w => (w & 8) != 0);
        var ends = text.Numbers("messages", "sent").Aggregate((Sum: 0L, Least: long.MaxValue), (a, d) => (a.Sum + d, Math.Min(a.Least, a.Sum + d)));
        Assert.Equal(0, routine);
        Assert.True(ends.Least > run.Messages.Count / 2, "what is far from the witness, which is at the end, was kept");
        var stuck = text.Data.GetProperty("witness").GetProperty("stuck").GetInt32();
        Assert.Equal("stuck", text.Texts("operations", "label")[stuck]);
        Assert.Contains("first", text.Texts("operations", "label"));
    }

    [Fact]
    public void A_fault_near_the_witness_is_kept_longer_than_its_messages()
    {
        var run = Large(150_000);
        var at = run.Messages[^100].Sent;
        var text = PageText.Of(run with { Marks = [new(0, at, MarkKind.Crash, "crashes")] }, new PageLimits { BytesMax = 250_000 });

        Assert.Equal(["crashes"], text.Texts("marks", "label"));
    }

    [Fact]
    public void Long_texts_are_cut() =>
        Assert.Equal(300, PageText.Of(Small with { Marks = [new(0, 1, MarkKind.Note, new string('x', 9_999))] }).Texts("marks", "label")[0].Length);

    [Fact]
    public void A_place_that_is_not_there_is_refused()
    {
        Refused(Small with { Lanes = [] });
        Refused(Small with { Marks = [new(3, 0, MarkKind.Note, "")] });
        Refused(Small with { Messages = [new(0, -1, 0, 0, MessageFate.Arrived, "")] });
        Refused(Small with { Messages = [new(0, 1, 5, 4, MessageFate.Arrived, "")] });
        Refused(Small with { Witness = new PageWitness { Title = "", Stuck = 2 } });
        Refused(Small with { Witness = new PageWitness { Title = "", Edges = [new(0, 7, "ww")] } });

        static void Refused(RunPage page) => Assert.Throws<ArgumentException>(() => PageText.Of(page));
    }

    [Fact]
    public void Steps_are_never_divided() =>
        Assert.Equal(1, PageText.Of(new RunPage { Title = "", Lanes = Lanes, Axis = PageAxis.Steps, Marks = [new(0, 4, MarkKind.Step, "a")] })
            .Data.GetProperty("unit").GetInt32());

    private static RunPage Large(int messages) => new()
    {
        Title = "large",
        Verdict = PageVerdict.Invalid,
        Lanes = Lanes,
        Messages = [.. Enumerable.Range(0, messages).Select(i =>
            new PageMessage(i % 2, 1 - i % 2, i, i + 3, MessageFate.Arrived, i % 4 == 0 ? $"append {i}" : "heartbeat", $"entry {i}", IsRoutine: i % 4 != 0))],
        Operations = [new(2, 10, 20, HistoryOutcome.Ok, "far"), new(2, messages - 90, messages - 50, HistoryOutcome.Ok, "first"), new(2, messages - 40, messages - 2, HistoryOutcome.Ok, "stuck")],
        Witness = new PageWitness { Title = "wrong", Operations = [1, 2], Order = [new(1, messages - 70)], Stuck = 2 },
    };
}
