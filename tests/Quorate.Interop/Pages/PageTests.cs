using Microsoft.Playwright;
using Quorate.Checking.Pages;
using Quorate.Interop.Processes;

namespace Quorate.Interop.Pages;

/// <summary>The page of a run in a real browser: what is drawn, searched, filtered, reached by keyboard, and printed.</summary>
public sealed class PageTests(Browser browser) : IClassFixture<Browser>, IDisposable
{
    private readonly TemporaryFolder folder = new();
    private int opened;

    public static bool HasNoBrowser => Browser.Missing is not null;

    public void Dispose() => folder.Dispose();

    [Fact(Skip = "there is no chromium", SkipWhen = nameof(HasNoBrowser))]
    public async Task Everything_is_drawn_and_nothing_goes_wrong()
    {
        var open = await OpenAsync(SamplePages.StaleRead);
        await open.PressAsync("0");

        Assert.Equal((11, 8, 5), (await open.CountAsync("messages"), await open.CountAsync("marks"), await open.CountAsync("operations")));
        Assert.Equal("stale read", await open.Page.TextContentAsync("h1"));
        Assert.Contains("violated", await open.Page.TextContentAsync("#verdict"));
        Assert.Equal("./quorate sim sample --seed 7", await open.Page.TextContentAsync("#replay-line"));
        Assert.Equal(4, await open.Page.Locator("#witness-steps li").CountAsync());
        Assert.Empty(open.Problems);
    }

    [Fact(Skip = "there is no chromium", SkipWhen = nameof(HasNoBrowser))]
    public async Task It_opens_at_the_violation_and_keys_zoom_pan_and_come_back()
    {
        var open = await OpenAsync(SamplePages.StaleRead with { Marks = [new(1, 9_000_000_000, MarkKind.Note, "the end")] });
        var begin = await open.DrawnAsync("span");
        await open.PressAsync("+", "+");
        var near = await open.DrawnAsync("span");
        var from = await open.DrawnAsync("from");
        await open.PressAsync("ArrowRight");
        Assert.NotEqual(from, await open.DrawnAsync("from"));
        Assert.NotEqual(begin, near);
        await open.PressAsync("v");
        Assert.Equal(begin, await open.DrawnAsync("span"));
        await open.PressAsync("0");
        Assert.StartsWith("9.3", await open.DrawnAsync("span"));
    }

    [Fact(Skip = "there is no chromium", SkipWhen = nameof(HasNoBrowser))]
    public async Task Search_finds_counts_and_steps_through_what_it_found()
    {
        var open = await OpenAsync(SamplePages.StaleRead);
        await open.PressAsync("/");
        await open.Page.Keyboard.TypeAsync("vote");
        Assert.Equal("3 found", await open.Page.TextContentAsync("#search-count"));
        await open.PressAsync("Enter");
        Assert.Contains("vote?", await open.Page.TextContentAsync("#selected-body"));
        await open.PressAsync("Enter");
        Assert.Contains("vote yes", await open.Page.TextContentAsync("#selected-body"));
        await open.PressAsync("Escape", "N");
        Assert.Contains("n3 → n2", await open.Page.TextContentAsync("#selected-body"));
        Assert.Contains("n3 → n2: vote?", await open.Page.TextContentAsync("#live"));
        await open.PressAsync("Escape");
        Assert.Equal("", await open.Page.TextContentAsync("#search-count"));
    }

    [Fact(Skip = "there is no chromium", SkipWhen = nameof(HasNoBrowser))]
    public async Task Kinds_lanes_and_keys_are_filters()
    {
        var open = await OpenAsync(SamplePages.StaleRead);
        await open.PressAsync("0");
        await open.PressAsync("h");
        Assert.Equal(31, await open.CountAsync("messages"));
        await open.PressAsync("h", "m");
        Assert.Equal(4, await open.CountAsync("messages"));
        await open.Page.ClickAsync("#kinds button[data-kind=failed]");
        Assert.Equal(0, await open.CountAsync("messages"));
        await open.PressAsync("m");
        await open.Page.ClickAsync("#labels button:has-text('n1')");
        Assert.Equal(2, await open.CountAsync("messages"));
        Assert.Equal("false", await open.Page.GetAttributeAsync("#labels button:has-text('n1')", "aria-pressed"));
        await open.Page.SelectOptionAsync("#key", "y");
        Assert.Equal(1, await open.CountAsync("operations"));
    }

    [Fact(Skip = "there is no chromium", SkipWhen = nameof(HasNoBrowser))]
    public async Task The_table_holds_the_same_events_and_leads_to_them()
    {
        var open = await OpenAsync(SamplePages.StaleRead);
        await open.Page.UncheckAsync("#in-view");
        Assert.Contains("30 events, page 1 of 1", await open.Page.TextContentAsync("#page-of"));
        Assert.Equal(30, await open.Page.Locator("#rows tr").CountAsync());
        await open.Page.ClickAsync("#rows tr:has-text('write x 2') button");
        Assert.Contains("unknown: it may have happened", await open.Page.TextContentAsync("#selected-body"));
        Assert.Equal(1, await open.Page.Locator("#rows tr[aria-current=true]").CountAsync());
    }

    [Fact(Skip = "there is no chromium", SkipWhen = nameof(HasNoBrowser))]
    public async Task Every_control_is_reached_by_the_keyboard_and_has_a_name()
    {
        var open = await OpenAsync(SamplePages.StaleRead);
        var seen = new List<string>();
        for (var i = 0; i < 60; i++)
        {
            await open.PressAsync("Tab");
            var name = await open.Page.EvaluateAsync<string>(
                "() => { const e = document.activeElement; return e === document.body ? '' : `${e.id || e.tagName}|${(e.getAttribute('aria-label') || e.labels?.[0]?.textContent || e.title || e.textContent || '').trim()}`; }");
            if (name.Length == 0)
                break;
            Assert.False(name.EndsWith('|'), $"{name} has no name");
            seen.Add(name.Split('|')[0]);
        }

        string[] order = ["replay-copy", "search", "key", "to-witness", "zoom-in", "help-open", "diagram", "spotlight", "in-view"];
        Assert.Equal(order, order.OrderBy(seen.IndexOf));
        Assert.All(order, id => Assert.Contains(id, seen));
        await open.PressAsync("?");
        Assert.True(await open.Page.IsVisibleAsync("#help"));
        await open.PressAsync("Escape");
        Assert.False(await open.Page.IsVisibleAsync("#help"));
    }

    [Fact(Skip = "there is no chromium", SkipWhen = nameof(HasNoBrowser))]
    public async Task On_paper_it_is_light_and_without_tools()
    {
        var open = await OpenAsync(SamplePages.StaleRead, ColorScheme.Dark);
        Assert.Equal("dark", await open.Page.GetAttributeAsync("html", "data-theme"));
        await open.Page.EmulateMediaAsync(new() { Media = Media.Print });
        await open.DrawnAsync("messages");
        Assert.Equal("light", await open.Page.GetAttributeAsync("html", "data-theme"));
        Assert.False(await open.Page.IsVisibleAsync(".tools"));
        Assert.True(await open.Page.IsVisibleAsync("#witness"));
        Assert.True((await open.Page.PdfAsync(new() { PreferCSSPageSize = true })).Length > 10_000);
        await open.Page.EmulateMediaAsync(new() { Media = Media.Screen });
        await open.DrawnAsync("messages");
        Assert.Equal("dark", await open.Page.GetAttributeAsync("html", "data-theme"));
    }

    [Fact(Skip = "there is no chromium", SkipWhen = nameof(HasNoBrowser))]
    public async Task Twenty_thousand_events_are_drawn_in_a_fraction_of_a_second()
    {
        var open = await OpenAsync(SamplePages.Large(20_000));
        await open.PressAsync("0");
        Assert.True(await open.CountAsync("messages") > 500);
        var median = await open.Page.EvaluateAsync<double>(
            """
            async () => {
              const took = [];
              const frame = () => new Promise(done => requestAnimationFrame(done));
              for (const key of ['+', '+', '-', 'ArrowLeft', '+', '+', '+', '0']) {
                const start = performance.now();
                document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
                await frame();
                await frame();
                took.push(performance.now() - start);
              }
              return took.sort((a, b) => a - b)[4];
            }
            """);
        // Two frames at most; the bound leaves room for a machine on which other tests run as well, without a graphics card.
        Assert.True(median < 1000, $"a change of the view took {median} ms");
    }

    [Fact(Skip = "there is no chromium", SkipWhen = nameof(HasNoBrowser))]
    public async Task It_fits_a_narrow_window_without_scrolling_sideways()
    {
        SamplePages.Write(folder["page.html"], SamplePages.StaleRead);
        var open = await browser.OpenAsync(folder["page.html"], width: 420);
        Assert.True(await open.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= window.innerWidth"));
    }

    [Fact(Skip = "there is no chromium", SkipWhen = nameof(HasNoBrowser))]
    public async Task The_page_of_a_simulated_run_opens()
    {
        var (exit, output, _) = await QuorateProcess.RunAsync(folder.Path, "sim", "raft-kv", "--seed", "42", "--html", "run.html");
        Assert.Equal(0, exit);
        Assert.Contains("page: ", output);
        var open = await browser.OpenAsync(folder["run.html"]);
        Assert.True(await open.CountAsync("messages") > 100);
        Assert.Contains("holds", await open.Page.TextContentAsync("#verdict"));
        Assert.Empty(open.Problems);
    }

    [Fact(Skip = "there is no chromium", SkipWhen = nameof(HasNoBrowser))]
    public async Task The_page_of_a_checked_history_opens()
    {
        await File.WriteAllTextAsync(folder["h.edn"], """
            {:type :invoke :f :write :value 1 :process 0 :time 0} {:type :ok :f :write :value 1 :process 0 :time 1000}
            {:type :invoke :f :read :value nil :process 1 :time 2000} {:type :ok :f :read :value 2 :process 1 :time 3000}
            """);
        var (exit, _, _) = await QuorateProcess.RunAsync(folder.Path, "check", "h.edn", "--model", "register", "--html", "h.html");
        Assert.Equal(1, exit);
        var open = await browser.OpenAsync(folder["h.html"]);
        Assert.Contains("read → 2", await open.Page.TextContentAsync("#witness-steps .stuck"));
        Assert.Empty(open.Problems);
    }

    [Fact(Skip = "there is no chromium", SkipWhen = nameof(HasNoBrowser))]
    public async Task The_page_of_an_experiment_has_its_curves_and_opens_where_it_happens()
    {
        var (exit, output, _) = await QuorateProcess.RunAsync(folder.Path, "lab", "two-generals", "--html", "lab.html");
        Assert.Equal(0, exit);
        Assert.Contains("page: ", output);
        var open = await browser.OpenAsync(folder["lab.html"], width: 420);
        Assert.Equal(18, await open.Page.Locator(".chart > svg .point").CountAsync());
        Assert.Equal(3, await open.Page.Locator(".measured").CountAsync());
        var box = await open.Page.Locator(".chart > svg").BoundingBoxAsync();
        Assert.True(box is { Height: > 100, Width: > 200 and < 420 });
        Assert.True(await open.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= window.innerWidth"));
        // The day on which the message is lost, and not the whole run of half a second.
        Assert.Matches("^3[0-9][0-9] ms$", await open.DrawnAsync("span"));
        Assert.Empty(open.Problems);
    }

    [Theory(Skip = "there is no chromium", SkipWhen = nameof(HasNoBrowser))]
    [InlineData("stale-read", ColorScheme.Light)]
    [InlineData("stale-read-dark", ColorScheme.Dark)]
    [InlineData("cycle", ColorScheme.Light)]
    public async Task The_diagram_looks_as_it_did(string name, ColorScheme scheme)
    {
        var grid = await PictureAsync(name == "cycle" ? SamplePages.Cycle : SamplePages.StaleRead, scheme);
        grid.CompareWithStored(name);
    }

    [Fact(Skip = "there is no chromium", SkipWhen = nameof(HasNoBrowser))]
    public async Task A_picture_in_which_something_is_missing_is_told_from_one_that_is_whole()
    {
        var whole = SamplePages.StaleRead;
        var grid = await PictureAsync(whole);
        RunPage[] parts = [whole with { Messages = [] }, whole with { Spans = [] }, whole with { Witness = null }];

        var fonts = await Task.WhenAll(((string[])["serif", "monospace"]).Select(async font => grid.DifferenceFrom(await PictureAsync(whole, font: font))));
        var missing = await Task.WhenAll(parts.Select(async part => grid.DifferenceFrom(await PictureAsync(part))));

        // What another font changes is much less than what anything missing changes.
        Assert.True(
            fonts.Max() <= PictureGrid.DifferentMax && missing.Min() > PictureGrid.DifferentMax,
            $"fonts: {string.Join(' ', fonts)}; missing: {string.Join(' ', missing)}");
    }

    private async Task<PictureGrid> PictureAsync(RunPage page, ColorScheme scheme = ColorScheme.Light, string? font = null)
    {
        var open = await OpenAsync(page, scheme);
        if (font is not null)
        {
            await open.Page.AddStyleTagAsync(new() { Content = $":root {{ --sans: {font} !important; }}" });
            await open.Page.ClickAsync("#theme");
            await open.Page.ClickAsync("#theme");
        }
        await open.PressAsync("0");
        await open.DrawnAsync("messages");
        var picture = await open.Page.Locator("#diagram").ScreenshotAsync();
        var grid = await PictureGrid.OfAsync(open.Page.Context, picture);
        await open.Page.Context.CloseAsync();
        return grid;
    }

    private Task<OpenPage> OpenAsync(RunPage page, ColorScheme scheme = ColorScheme.Light)
    {
        var file = folder[$"{++opened}.html"];
        SamplePages.Write(file, page);
        return browser.OpenAsync(file, scheme);
    }
}
