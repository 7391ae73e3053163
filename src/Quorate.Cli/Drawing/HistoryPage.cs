using Quorate.Checking.Findings;
using Quorate.Checking.Histories;
using Quorate.Checking.Pages;
using Quorate.Checking.Pages.Witnesses;

namespace Quorate.Cli.Drawing;

/// <summary>The page of a history that was recorded elsewhere.</summary>
internal static class HistoryPage
{
    public static RunPage Of(string file, IReadOnlyList<HistoryEvent> events, string model, CheckedHistory found)
    {
        var drawing = HistoryDrawing.Of(events);
        return new RunPage
        {
            Title = Path.GetFileName(file),
            Verdict = found.Outcome switch
            {
                CheckOutcome.Valid => PageVerdict.Valid,
                CheckOutcome.Invalid => PageVerdict.Invalid,
                _ => PageVerdict.Unknown,
            },
            Violation = found.Text,
            Replay = $"./quorate check {file} --model {model}",
            Facts =
            [
                new("Model", model),
                new("Operations", FormattableString.Invariant($"{drawing.Operations.Count:N0}")),
            ],
            Axis = drawing.Axis,
            Lanes = drawing.Lanes.Count > 0 ? drawing.Lanes : [new PageLane("nobody", LaneKind.Client)],
            Operations = drawing.Operations,
            Witness = found.Witness(drawing),
        };
    }
}
