using Quorate.Checking.ModelChecking;
using Quorate.Checking.Pages;

namespace Quorate.Cli.Drawing;

/// <summary>The page of a model's counterexample: a lane for each that takes part, a mark for each step, an arrow for each message.</summary>
internal sealed class ModelPage
{
    private const string Receives = " receives ";
    private const long Step = 10;
    private readonly IReadOnlyList<string> names;
    private readonly List<string> actions;
    private readonly List<PageLane> lanes = [];
    private readonly List<PageMark> marks = [];
    private readonly List<PageMessage> messages = [];

    private ModelPage(ModelVerdict verdict, IReadOnlyList<string> names)
    {
        this.names = names;
        actions = [.. verdict.Path, .. verdict.Cycle];
        if (actions.Any(a => ActorOf(a) < 0))
            lanes.Add(new PageLane("channel", LaneKind.World));
        lanes.AddRange(names.Select(n => new PageLane(n, LaneKind.Node)));
    }

    /// <summary>Draws a counterexample.</summary>
    /// <param name="title">The model, with its size.</param>
    /// <param name="command">The command line that finds it again.</param>
    /// <param name="verdict">What was found.</param>
    /// <param name="model">The model that has the path, with names that stay.</param>
    /// <param name="names">Who takes part, by the words of the steps; first who is meant where a step says not from whom it receives.</param>
    public static RunPage Of(string title, string command, ModelVerdict verdict, IModel model, IReadOnlyList<string> names)
    {
        var page = new ModelPage(verdict, names);
        page.DrawSteps(verdict);
        if (ModelWalk.Along(model, page.actions) is { } possible)
            page.DrawMessages(possible);
        return new RunPage
        {
            Title = title,
            Verdict = verdict.Outcome switch
            {
                ModelOutcome.Violated => PageVerdict.Invalid,
                ModelOutcome.Holds => PageVerdict.Valid,
                _ => PageVerdict.Unknown,
            },
            Violation = verdict.Violation ?? verdict.Reason ?? "",
            Replay = command,
            Facts =
            [
                new("States", FormattableString.Invariant($"{verdict.States:N0}")),
                new("Steps to it", FormattableString.Invariant($"{verdict.Path.Count}")),
                .. verdict.Cycle.Count > 0 ? (PageFact[])[new("Then for ever", string.Join("; ", verdict.Cycle))] : [],
            ],
            Axis = PageAxis.Steps,
            Lanes = page.lanes,
            Messages = page.messages,
            Marks = page.marks,
            Notes = page.actions.Count > 0 ? [] : ["There is no counterexample to draw."],
        };
    }

    // Messages end at a step and begin at one: between two steps there is room for the arrow.
    private static long MomentOf(int step) => (step + 1) * Step;

    private void DrawSteps(ModelVerdict verdict)
    {
        for (var i = 0; i < actions.Count; i++)
        {
            var actor = ActorOf(actions[i]);
            var what = actor < 0 ? actions[i] : actions[i][(actions[i].IndexOf(names[actor], StringComparison.Ordinal) + names[actor].Length)..].Trim();
            var again = i >= verdict.Path.Count ? ", again and again" : "";
            var kind = what.Contains("crashes", StringComparison.Ordinal) ? MarkKind.Crash : MarkKind.Step;
            marks.Add(new PageMark(LaneOf(actor), MomentOf(i), kind, what, FormattableString.Invariant($"step {i + 1}: {actions[i]}{again}")));
        }
        if (verdict.Violation is { } violation && actions.Count > 0)
            marks.Add(new PageMark(LaneOf(ActorOf(actions[^1])), MomentOf(actions.Count), MarkKind.Violation, "violated", violation));
    }

    // A message can be received from the step on that sent it: that is when it was sent.
    private void DrawMessages(IReadOnlyList<IReadOnlySet<string>> possible)
    {
        var received = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < actions.Count; i++)
        {
            if (!actions[i].Contains(Receives, StringComparison.Ordinal))
                continue;
            var sent = i;
            while (sent > 0 && possible[sent - 1].Contains(actions[i]))
                sent--;
            received.Add(actions[i]);
            Add(actions[i], sent - 1, MomentOf(i), MessageFate.Arrived);
        }
        for (var i = 1; i < possible.Count; i++)
        {
            foreach (var action in possible[i].Where(a => a.Contains(Receives, StringComparison.Ordinal) && !possible[i - 1].Contains(a)))
            {
                if (received.Add(action))
                    Add(action, i - 1, MomentOf(actions.Count), MessageFate.UnderWay);
            }
        }
    }

    private void Add(string action, int sent, long ended, MessageFate fate)
    {
        var to = ActorOf(action);
        var rest = action[(action.IndexOf(Receives, StringComparison.Ordinal) + Receives.Length)..];
        var from = SourceOf(rest, to);
        if (to < 0 || from == to)
            return;
        var what = rest.Replace($"from {names[from]} ", "", StringComparison.Ordinal);
        messages.Add(new PageMessage(LaneOf(from), LaneOf(to), MomentOf(Math.Max(sent, -1)), ended, fate, what));
    }

    private int SourceOf(string rest, int to)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (i != to && Mentions(rest, names[i]) >= 0)
                return i;
        }
        return to == 0 ? 1 : 0;
    }

    private int LaneOf(int actor) => actor + (lanes.Count - names.Count);

    // Who is named first does it.
    private int ActorOf(string action) => Enumerable.Range(0, names.Count)
        .Select(i => (At: Mentions(action, names[i]), Name: i)).Where(m => m.At is >= 0 and < 5).OrderBy(m => m.At).Select(m => m.Name)
        .DefaultIfEmpty(-1).First();

    private static int Mentions(string text, string name)
    {
        for (var at = text.IndexOf(name, StringComparison.Ordinal); at >= 0; at = text.IndexOf(name, at + 1, StringComparison.Ordinal))
        {
            var end = at + name.Length;
            if ((at == 0 || !char.IsLetterOrDigit(text[at - 1])) && (end == text.Length || !char.IsLetterOrDigit(text[end])))
                return at;
        }
        return -1;
    }
}
