using Quorate.Checking.Histories;
using Quorate.Checking.Linearizability;
using Quorate.Checking.Pages;
using Quorate.Checking.Pages.Witnesses;

namespace Quorate.Cli.Drawing;

/// <summary>The page of a history that was recorded elsewhere.</summary>
internal static class HistoryPage
{
    public static RunPage Of(string file, IReadOnlyList<HistoryEvent> events, IHistoryModel model, Verdict verdict, Witness? witness)
    {
        var drawing = HistoryDrawing.Of(events);
        return new RunPage
        {
            Title = Path.GetFileName(file),
            Verdict = verdict.Kind switch
            {
                VerdictKind.Valid => PageVerdict.Valid,
                VerdictKind.Invalid => PageVerdict.Invalid,
                _ => PageVerdict.Unknown,
            },
            Violation = witness is not null ? $"the history is not linearizable\n{witness}" : verdict.Reason,
            Replay = $"./quorate check {file} --model {model.Name}",
            Facts =
            [
                new("Model", model.Name),
                new("Operations", FormattableString.Invariant($"{drawing.Operations.Count:N0}")),
                new("Steps of the check", FormattableString.Invariant($"{verdict.Steps:N0}")),
            ],
            Axis = drawing.Axis,
            Lanes = drawing.Lanes.Count > 0 ? drawing.Lanes : [new PageLane("nobody", LaneKind.Client)],
            Operations = drawing.Operations,
            Witness = witness is null ? null : WitnessDrawing.Of(drawing, witness),
        };
    }
}
