using Quorate.Checking.Pages.Figures;

namespace Quorate.Checking.Pages.Writing;

/// <summary>Refuses a page whose parts refer to what is not there.</summary>
internal static class PageChecks
{
    public static void Check(RunPage page, PageLimits limits)
    {
        if (page.Lanes.Count == 0 || page.Lanes.Count > limits.LanesMax)
            throw new ArgumentException($"A page has 1 to {limits.LanesMax} lanes, not {page.Lanes.Count}.", nameof(page));
        Figures(page);
        foreach (var message in page.Messages)
        {
            Lane(page, message.From);
            Lane(page, message.To);
            Order(message.Sent, message.Ended, $"message '{message.Label}'");
        }
        foreach (var mark in page.Marks)
            Lane(page, mark.Lane);
        foreach (var span in page.Spans)
        {
            Lane(page, span.Lane);
            Order(span.From, span.To, $"span '{span.Label}'");
        }
        foreach (var operation in page.Operations)
        {
            Lane(page, operation.Lane);
            Order(operation.Invoked, operation.Ended ?? operation.Invoked, $"operation '{operation.Label}'");
        }
        if (page.Witness is { } witness)
            Check(page, witness);
    }

    private static void Figures(RunPage page)
    {
        if (page.Charts.Count > RunPage.FiguresMax || page.Tables.Count > RunPage.FiguresMax)
            throw new ArgumentException($"A page has at most {RunPage.FiguresMax} charts and as many tables.", nameof(page));
        foreach (var chart in page.Charts)
        {
            if (chart.Series.Count > PageChart.SeriesMax || chart.Series.Any(s => s.Points.Count > PageChart.PointsMax))
                throw new ArgumentException(
                    $"A chart has at most {PageChart.SeriesMax} series of {PageChart.PointsMax} points, not as '{chart.Title}'.", nameof(page));
            if (chart.Series.Any(s => s.Points.Any(p => !double.IsFinite(p.X) || !double.IsFinite(p.Y))))
                throw new ArgumentException($"Every point of a chart is finite, not as in '{chart.Title}'.", nameof(page));
        }
        foreach (var table in page.Tables)
        {
            if (table.Rows.Count > PageTable.RowsMax || table.Rows.Any(r => r.Count != table.Columns.Count))
                throw new ArgumentException(
                    $"A table has at most {PageTable.RowsMax} rows, with a cell for each column, not as '{table.Title}'.", nameof(page));
        }
    }

    private static void Check(RunPage page, PageWitness witness)
    {
        foreach (var operation in witness.Operations)
            Operation(page, operation);
        foreach (var point in witness.Order)
            Operation(page, point.Operation);
        foreach (var edge in witness.Edges)
        {
            Operation(page, edge.From);
            Operation(page, edge.To);
        }
        if (witness.Stuck is { } stuck)
            Operation(page, stuck);
    }

    private static void Lane(RunPage page, int lane)
    {
        if (lane < 0 || lane >= page.Lanes.Count)
            throw new ArgumentException($"The page has {page.Lanes.Count} lanes, so none in place {lane}.", nameof(page));
    }

    private static void Operation(RunPage page, int operation)
    {
        if (operation < 0 || operation >= page.Operations.Count)
            throw new ArgumentException($"The page has {page.Operations.Count} operations, so none in place {operation}.", nameof(page));
    }

    private static void Order(long from, long to, string what)
    {
        if (to < from)
            throw new ArgumentException($"The {what} ends before it begins.", nameof(from));
    }
}
