using Microsoft.Playwright;
using Quorate.Interop.Processes;

namespace Quorate.Interop.Pages;

/// <summary>
/// The page of a checked history of transactions, from the file to the browser: the cycle is lit, its edges have names, and keyboard and print
/// reach it. The histories are those of public projects where they lie beside this one, else one of our own.
/// </summary>
public sealed class CyclePageTests(Browser browser) : IClassFixture<Browser>, IDisposable
{
    // Each of two transactions reads what the other is about to write; a third has no part in it.
    private const string WriteSkew = """
        {:type :invoke :f :txn :value [[:r x nil] [:append y 1]] :process 0} {:type :invoke :f :txn :value [[:r y nil] [:append x 1]] :process 1}
        {:type :ok :f :txn :value [[:r x []] [:append y 1]] :process 0} {:type :ok :f :txn :value [[:r y []] [:append x 1]] :process 1}
        {:type :invoke :f :txn :value [[:append z 1]] :process 2} {:type :ok :f :txn :value [[:append z 1]] :process 2}
        {:type :invoke :f :txn :value [[:r x nil] [:r y nil]] :process 2} {:type :ok :f :txn :value [[:r x [1]] [:r y [1]]] :process 2}
        """;

    private static readonly string Histories = Path.Combine(Project.Root, "..", "shared", "data", "histories", "elle-cli");
    private readonly TemporaryFolder folder = new();

    public static bool HasNoBrowser => Browser.Missing is not null;

    public void Dispose() => folder.Dispose();

    [Theory(Skip = "there is no chromium", SkipWhen = nameof(HasNoBrowser))]
    [InlineData("write-skew.edn", "G2-item", "rw rw", 2)]
    [InlineData("elle_list-append-gh-30.edn", "G2-item", "rw rw", 2)]
    [InlineData("elle_paper-example.edn", "G-single", "ww wr rw", 3)]
    public async Task The_cycle_is_lit_and_each_edge_is_named(string history, string anomaly, string edges, int members)
    {
        var open = await CheckAsync(history, "list-append");

        Assert.Contains("violated", await open.Page.TextContentAsync("#verdict"));
        Assert.Contains(anomaly, await open.Page.TextContentAsync("#witness-words"));
        Assert.Equal(edges.Split(' ').Order(), (await open.DrawnAsync("edges")).Split(' ').Order());
        Assert.Equal(members, await open.Page.Locator("#witness-steps .edge").CountAsync());
        Assert.Contains("in the witness", await open.Page.TextContentAsync("#legend"));
        Assert.Empty(open.Problems);
    }

    [Fact(Skip = "there is no chromium", SkipWhen = nameof(HasNoBrowser))]
    public async Task Keys_lead_along_the_cycle_and_filters_take_its_edges_away()
    {
        var open = await CheckAsync("write-skew.edn", "list-append");
        await open.PressAsync("0");
        await open.Page.FocusAsync("#witness-steps .edge >> nth=0 >> button");
        await open.PressAsync("Enter");
        var first = await open.Page.TextContentAsync("#selected-body");
        await open.PressAsync("Tab", "Enter");
        Assert.NotEqual(first, await open.Page.TextContentAsync("#selected-body"));
        await open.PressAsync("v");
        Assert.Equal("rw rw", await open.DrawnAsync("edges"));
        // Without one of its ends an edge is not drawn.
        await open.Page.ClickAsync("#labels button:has-text('process 1')");
        Assert.Equal("", await open.DrawnAsync("edges"));
        await open.Page.ClickAsync("#labels button:has-text('process 1')");
        await open.Page.SelectOptionAsync("#key", "z");
        Assert.Equal("", await open.DrawnAsync("edges"));
    }

    [Fact(Skip = "there is no chromium", SkipWhen = nameof(HasNoBrowser))]
    public async Task On_paper_the_whole_cycle_is_there()
    {
        var open = await CheckAsync("write-skew.edn", "list-append", ColorScheme.Dark);
        await open.Page.EmulateMediaAsync(new() { Media = Media.Print });
        Assert.Equal("rw rw", await open.DrawnAsync("edges"));
        Assert.Equal("light", await open.Page.GetAttributeAsync("html", "data-theme"));
        Assert.Equal(2, await open.Page.Locator("#witness-steps .edge:visible").CountAsync());
        Assert.False(await open.Page.IsVisibleAsync(".tools"));
    }

    [Fact(Skip = "there is no chromium", SkipWhen = nameof(HasNoBrowser))]
    public async Task A_finding_without_a_cycle_lists_its_operations()
    {
        Assert.SkipUnless(Directory.Exists(Histories), "data not here");
        var open = await CheckAsync("jepsen_long-fork.edn", "long-fork");
        Assert.Equal(2, await open.Page.Locator("#witness-steps li").CountAsync());
        await open.Page.ClickAsync("#witness-steps li >> nth=1 >> button");
        Assert.Contains("read", await open.Page.TextContentAsync("#selected-body"));
    }

    [Fact(Skip = "there is no chromium", SkipWhen = nameof(HasNoBrowser))]
    public async Task The_counterexample_of_a_model_is_drawn()
    {
        var (exit, output, _) = await QuorateProcess.RunAsync(folder.Path, "model", "raft", "--bug", "forgotten-vote", "--html", "model.html");
        Assert.Equal(1, exit);
        Assert.Contains("page: ", output);
        var open = await browser.OpenAsync(folder["model.html"]);
        Assert.Contains("election safety", await open.Page.TextContentAsync("#violation-first"));
        Assert.Equal("./quorate model raft --bug forgotten-vote", await open.Page.TextContentAsync("#replay-line"));
        Assert.Equal((4, 8), (await open.CountAsync("messages"), await open.CountAsync("marks")));
        await open.PressAsync("/");
        await open.Page.Keyboard.TypeAsync("a vote in term 1");
        Assert.Contains("found", await open.Page.TextContentAsync("#search-count"));
        Assert.Empty(open.Problems);
    }

    private async Task<OpenPage> CheckAsync(string history, string model, ColorScheme scheme = ColorScheme.Light)
    {
        var file = Path.Combine(Histories, history);
        if (history == "write-skew.edn")
            await File.WriteAllTextAsync(file = folder[history], WriteSkew);
        Assert.SkipUnless(File.Exists(file), "data not here");
        var (exit, _, _) = await QuorateProcess.RunAsync(folder.Path, "check", file, "--model", model, "--html", "page.html");
        Assert.Equal(1, exit);
        return await browser.OpenAsync(folder["page.html"], scheme);
    }
}
