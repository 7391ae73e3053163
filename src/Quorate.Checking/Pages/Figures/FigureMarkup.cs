using System.Globalization;
using System.Net;
using System.Text;

namespace Quorate.Checking.Pages.Figures;

/// <summary>Charts and tables as markup: drawings that need no script, and tables that hold the same figures as text.</summary>
internal static class FigureMarkup
{
    private const int Width = 560;
    private const int Height = 300;
    private const int Left = 64;
    private const int Right = 14;
    private const int Top = 12;
    private const int Bottom = 46;

    /// <summary>All of them; empty where there are none.</summary>
    public static string Of(IReadOnlyList<PageChart> charts, IReadOnlyList<PageTable> tables)
    {
        if (charts.Count == 0 && tables.Count == 0)
            return "";
        var markup = new StringBuilder("<section class=\"figures\" aria-label=\"Figures\">\n");
        foreach (var chart in charts)
            Draw(markup, chart);
        foreach (var table in tables)
            Write(markup, table);
        return markup.Append("</section>\n").ToString();
    }

    private static void Draw(StringBuilder markup, PageChart chart)
    {
        var points = chart.Series.SelectMany(s => s.Points).ToArray();
        var ends = chart.Bands.SelectMany(b => (double[])[b.From, b.To]);
        var along = new ChartScale(chart.X, [.. points.Select(p => p.X), .. ends], Left, Width - Right);
        var up = new ChartScale(chart.Y, [.. points.Select(p => p.Y)], Height - Bottom, Top);
        markup.Append(CultureInfo.InvariantCulture, $"<figure class=\"chart\"><figcaption>{Safe(chart.Title)}</figcaption>\n");
        markup.Append(
            CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Safe(chart.Title)}\">\n");
        foreach (var band in chart.Bands)
            Shade(markup, band, along);
        DrawAxes(markup, chart, along, up);
        for (var i = 0; i < chart.Series.Count; i++)
            DrawSeries(markup, chart.Series[i], i, along, up);
        markup.Append("</svg>\n<ul class=\"series\">");
        for (var i = 0; i < chart.Series.Count; i++)
            markup.Append(
                CultureInfo.InvariantCulture,
                $"<li><svg viewBox=\"0 0 30 12\" class=\"s{i}\" aria-hidden=\"true\"><path class=\"line\" d=\"M1 6H29\"/>"
                + $"{Marker(i, 15, 6)}</svg>{Safe(chart.Series[i].Name)}</li>");
        markup.Append("</ul></figure>\n");
    }

    private static void Shade(StringBuilder markup, ChartBand band, ChartScale along)
    {
        var (from, to) = (along.PlaceOf(band.From), along.PlaceOf(band.To));
        markup.Append(
            CultureInfo.InvariantCulture,
            $"<rect class=\"band\" x=\"{from:0.#}\" y=\"{Top}\" width=\"{Math.Max(1, to - from):0.#}\" height=\"{Height - Top - Bottom}\"/>"
            + $"<text class=\"band-name\" x=\"{(from + to) / 2:0.#}\" y=\"{Top + 11}\" text-anchor=\"middle\">{Safe(band.Name)}</text>\n");
    }

    private static void DrawAxes(StringBuilder markup, PageChart chart, ChartScale along, ChartScale up)
    {
        foreach (var (value, words) in along.Ticks())
            markup.Append(
                CultureInfo.InvariantCulture,
                $"<path class=\"grid\" d=\"M{along.PlaceOf(value):0.#} {Top}V{Height - Bottom}\"/>"
                + $"<text x=\"{along.PlaceOf(value):0.#}\" y=\"{Height - Bottom + 16}\" text-anchor=\"middle\">{words}</text>\n");
        foreach (var (value, words) in up.Ticks())
            markup.Append(
                CultureInfo.InvariantCulture,
                $"<path class=\"grid\" d=\"M{Left} {up.PlaceOf(value):0.#}H{Width - Right}\"/>"
                + $"<text x=\"{Left - 6}\" y=\"{up.PlaceOf(value) + 4:0.#}\" text-anchor=\"end\">{words}</text>\n");
        markup.Append(
            CultureInfo.InvariantCulture,
            $"<text class=\"axis\" x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 8}\" text-anchor=\"middle\">{Safe(chart.X.Name)}</text>"
            + $"<text class=\"axis\" transform=\"translate(13 {(Top + Height - Bottom) / 2}) rotate(-90)\" text-anchor=\"middle\">"
            + $"{Safe(chart.Y.Name)}</text>\n");
    }

    private static void DrawSeries(StringBuilder markup, ChartSeries series, int number, ChartScale along, ChartScale up)
    {
        if (series.Points.Count == 0)
            return;
        var places = series.Points.Select(p => (Along: along.PlaceOf(p.X), Up: up.PlaceOf(p.Y), Point: p)).ToArray();
        markup.Append(CultureInfo.InvariantCulture, $"<g class=\"s{number}\"><path class=\"line\" d=\"M");
        markup.AppendJoin('L', places.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Along:0.#} {p.Up:0.#}")));
        markup.Append("\"/>");
        foreach (var (x, y, point) in places)
            markup.Append(
                CultureInfo.InvariantCulture,
                $"<g class=\"point\">{Marker(number, x, y)}<title>{Safe(series.Name)}: {point.X:0.####}, {point.Y:0.####}</title></g>");
        markup.Append("</g>\n");
    }

    // Nothing is told by colour alone: each series has a shape of its own.
    private static string Marker(int number, double x, double y) =>
        string.Create(CultureInfo.InvariantCulture, $"<path class=\"marker\" d=\"M{x:0.#} {y:0.#}{Shape(number)}\"/>");

    private static string Shape(int number) => (number % 4) switch
    {
        0 => "m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0z",
        1 => "m-3-3h6v6h-6z",
        2 => "m0-4l4 7h-8z",
        _ => "m0-4l4 4l-4 4l-4-4z",
    };

    private static void Write(StringBuilder markup, PageTable table)
    {
        markup.Append("<figure class=\"measured\">")
            .Append(CultureInfo.InvariantCulture, $"<figcaption>{Safe(table.Title)}</figcaption><table><thead><tr>");
        foreach (var column in table.Columns)
            markup.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\">{Safe(column)}</th>");
        markup.Append("</tr></thead><tbody>\n");
        foreach (var row in table.Rows)
        {
            markup.Append("<tr>");
            foreach (var cell in row)
                markup.Append(CultureInfo.InvariantCulture, $"<td>{Safe(cell)}</td>");
            markup.Append("</tr>\n");
        }
        markup.Append("</tbody></table></figure>\n");
    }

    private static string Safe(string text) => WebUtility.HtmlEncode(text);
}
