using Quorate.Checking.ModelChecking;
using Quorate.Checking.Pages;

namespace Quorate.Cli.Drawing;

/// <summary>The page of a model's counterexample: a lane for each that takes part, a mark for each step, an arrow for each message.</summary>
internal sealed class ModelPage
{
    private const string Receives = " receives ";
    private const string ThenAlso = " and ";
    private const string Lost = " is lost";
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
        if (ModelWalk.Along(model, page.actions) is { } possible)
            page.DrawMessages(possible);
        page.DrawSteps(verdict);
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
            Focus = new PageWindow(0, MomentOf(page.actions.Count)),
            Notes = page.actions.Count > 0 ? [] : ["There is no counterexample to draw."],
        };
    }

    private static long MomentOf(int step) => step + 1;

    private void DrawSteps(ModelVerdict verdict)
    {
        for (var i = 0; i < actions.Count; i++)
        {
            var actor = ActorOf(actions[i]);
            var what = actor < 0 ? actions[i] : actions[i][(Mentions(actions[i], names[actor]) + names[actor].Length)..].Trim();
            // What was received stands at its arrow.
            if (messages.Any(m => m.Fate == MessageFate.Arrived && m.Ended == MomentOf(i)))
                what = $"receives{actions[i][MessageIn(actions[i]).Length..]}";
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
        var receivable = possible.Select(steps => steps.Where(IsReceipt).Select(MessageIn).ToHashSet(StringComparer.Ordinal)).ToList();
        var received = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < actions.Count; i++)
        {
            if (!IsReceipt(actions[i]))
                continue;
            var message = MessageIn(actions[i]);
            var sent = i;
            while (sent > 0 && receivable[sent - 1].Contains(message))
                sent--;
            received.Add(message);
            Add(message, sent - 1, MomentOf(i), MessageFate.Arrived);
        }
        for (var i = 1; i < receivable.Count; i++)
        {
            foreach (var message in receivable[i].Where(m => !receivable[i - 1].Contains(m)).Order(StringComparer.Ordinal))
            {
                if (received.Add(message))
                    AddUnreceived(message, i, receivable);
            }
        }
    }

    // What nobody received has no part in it and is hidden at first, unless its loss is a step.
    private void AddUnreceived(string message, int since, List<HashSet<string>> receivable)
    {
        var gone = receivable.FindIndex(since, r => !r.Contains(message));
        if (gone > 0 && actions[gone - 1].Contains(Lost, StringComparison.Ordinal))
            Add(message, since - 1, MomentOf(gone - 1), MessageFate.Lost);
        else
            Add(message, since - 1, MomentOf(actions.Count), MessageFate.UnderWay);
    }

    private static bool IsReceipt(string action) => action.Contains(Receives, StringComparison.Ordinal);

    /// <summary>Who receives what, without what else happens in the same step.</summary>
    private static string MessageIn(string action)
    {
        var end = action.IndexOf(ThenAlso, StringComparison.Ordinal);
        return (end < 0 ? action : action[..end]).TrimEnd(',');
    }

    private void Add(string message, int sent, long ended, MessageFate fate)
    {
        var to = ActorOf(message);
        var rest = message[(message.IndexOf(Receives, StringComparison.Ordinal) + Receives.Length)..];
        if (to < 0)
            return;
        var from = SourceOf(rest, to);
        var what = rest.Replace($"from {names[from]} ", "", StringComparison.Ordinal);
        messages.Add(new PageMessage(
            LaneOf(from), LaneOf(to), MomentOf(sent), ended, fate, what, IsRoutine: fate == MessageFate.UnderWay));
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
