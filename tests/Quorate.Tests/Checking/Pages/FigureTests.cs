using System.Xml.Linq;
using Quorate.Checking.Pages;
using Quorate.Checking.Pages.Figures;

namespace Quorate.Tests.Checking.Pages;

public sealed class FigureTests
{
    private static readonly PageChart Chart = new(
        "mistakes",
        new ChartAxis("ms"),
        new ChartAxis("an hour", IsLogarithmic: true),
        [new ChartSeries("a", [new(0, 1_000), new(10, 10), new(20, 0)]), new ChartSeries("b", [new(5, 100)])])
    {
        Bands = [new ChartBand(8, 12, "trigger")],
    };

    private static readonly PageTable Table = new("figures", ["what", "how many"], [["one", "1"], ["two", "2"]]);

    private static RunPage Empty => new() { Title = "figures", Lanes = [new("n1", LaneKind.Node)] };

    [Fact]
    public void A_page_without_figures_has_no_place_for_them() =>
        Assert.DoesNotContain("class=\"figures\"", PageText.Of(Empty).Html);

    [Fact]
    public void Every_point_is_drawn_within_the_axes_and_higher_where_it_is_more()
    {
        var drawing = Drawing(Empty with { Charts = [Chart] });
        var markers = drawing.Descendants("g").Where(g => (string?)g.Attribute("class") == "point")
            .Select(g => ((string)g.Element("path")!.Attribute("d")!).Split('m')[0][1..].Split(' ').Select(double.Parse).ToArray()).ToArray();

        Assert.Equal(4, markers.Length);
        Assert.All(markers, m => Assert.True(m[0] is >= 64 and <= 546 && m[1] is >= 12 and <= 254));
        Assert.True(markers[0][1] < markers[1][1] && markers[1][1] < markers[2][1] && markers[0][0] < markers[1][0]);
        Assert.Single(drawing.Descendants("rect"));
    }

    [Fact]
    public void A_logarithmic_axis_has_a_place_for_zero()
    {
        var words = Drawing(Empty with { Charts = [Chart] }).Descendants("text").Select(t => t.Value).ToList();

        Assert.Contains("1,000", words);
        Assert.Contains("10", words);
        Assert.Contains("0", words);
        Assert.Contains("trigger", words);
    }

    [Fact]
    public void A_table_has_all_of_its_cells()
    {
        var drawing = Drawing(Empty with { Tables = [Table] });

        Assert.Equal(["what", "how many"], drawing.Descendants("th").Select(c => c.Value));
        Assert.Equal(["one", "1", "two", "2"], drawing.Descendants("td").Select(c => c.Value));
    }

    [Fact]
    public void No_text_of_a_figure_acts_as_markup()
    {
        const string Evil = "</svg><script>alert(1)</script>\"'<!-- data -->";
        var chart = new PageChart(Evil, new ChartAxis(Evil), new ChartAxis(Evil), [new ChartSeries(Evil, [new(1, 1)])]) { Bands = [new(0, 1, Evil)] };
        var page = Empty with { Charts = [chart], Tables = [new PageTable(Evil, [Evil], [[Evil]])] };

        Assert.DoesNotContain("<script>alert", PageText.Of(page).Html);
        Assert.Equal(Evil, Drawing(page).Descendants("td").Single().Value);
    }

    [Fact]
    public void Figures_have_bounds()
    {
        Refused(Empty with { Charts = [.. Enumerable.Repeat(Chart, RunPage.FiguresMax + 1)] });
        Refused(Empty with { Charts = [Chart with { Series = [.. Enumerable.Repeat(Chart.Series[0], PageChart.SeriesMax + 1)] }] });
        Refused(Empty with { Charts = [Chart with { Series = [new ChartSeries("", [new(double.NaN, 0)])] }] });
        Refused(Empty with { Tables = [Table with { Rows = [["one"]] }] });
        Refused(Empty with { Tables = [Table with { Rows = [.. Enumerable.Repeat(Table.Rows[0], PageTable.RowsMax + 1)] }] });

        static void Refused(RunPage page) => Assert.Throws<ArgumentException>(() => PageText.Of(page));
    }

    // The figures' markup is well-formed, so that it can be looked at as XML.
    private static XElement Drawing(RunPage page)
    {
        var html = PageText.Of(page).Html;
        var begin = html.IndexOf("<section class=\"figures\"", StringComparison.Ordinal);
        var end = html.IndexOf("</section>", begin, StringComparison.Ordinal);
        return XElement.Parse(html[begin..(end + "</section>".Length)]);
    }
}
