using System.Diagnostics;
using Microsoft.Playwright;
using Quorate.Interop.Processes;

namespace Quorate.Interop.Pages;

/// <summary>A headless Chromium of the system; null where there is none. It starts once for all tests of a class.</summary>
public sealed class Browser : IAsyncLifetime
{
    private const int Width = 1400;
    private const int Height = 900;
    private IPlaywright? playwright;
    private IBrowser? browser;

    /// <summary>Why there is no browser, or null.</summary>
    public static string? Missing { get; } = Project.Find("chromium") is null ? "there is no chromium on the path" : null;

    public async ValueTask InitializeAsync()
    {
        if (Missing is not null)
            return;
        playwright = await Playwright.CreateAsync();
        // Root may not use Chromium's sandbox; the pages are our own.
        browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Project.Find("chromium"), Args = ["--no-sandbox", "--font-render-hinting=none"] });
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
    }

    /// <summary>Opens a page of a file, without any network, and waits until it is drawn.</summary>
    internal async Task<OpenPage> OpenAsync(string file, ColorScheme scheme = ColorScheme.Light, int width = Width)
    {
        var context = await browser!.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = Height },
            ColorScheme = scheme,
            Offline = true,
            ReducedMotion = ReducedMotion.Reduce,
        });
        var page = await context.NewPageAsync();
        var problems = new List<string>();
        page.Console += (_, message) => problems.Add($"{message.Type}: {message.Text}");
        page.PageError += (_, error) => problems.Add(error);
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith("file:", StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
                problems.Add($"asks for {request.Url}");
        };
        var start = Stopwatch.GetTimestamp();
        await page.GotoAsync(new Uri(file).AbsoluteUri);
        await page.WaitForSelectorAsync("html[data-ready]", new() { State = WaitForSelectorState.Attached });
        return new OpenPage(page, problems, Stopwatch.GetElapsedTime(start));
    }
}

/// <summary>An opened page, and what it complained of.</summary>
internal sealed record OpenPage(IPage Page, List<string> Problems, TimeSpan Took)
{
    /// <summary>What the diagram says of itself: how much of each it drew, and from when to when.</summary>
    public async Task<string> DrawnAsync(string what)
    {
        // Two frames: one draws what was asked for, the next comes after it.
        await Page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
        return await Page.GetAttributeAsync("#diagram", $"data-{what}") ?? "";
    }

    public async Task<int> CountAsync(string what) => int.Parse(await DrawnAsync(what), System.Globalization.CultureInfo.InvariantCulture);

    public Task PressAsync(params string[] keys) => keys.Aggregate(Task.CompletedTask, async (before, key) =>
    {
        await before;
        await Page.Keyboard.PressAsync(key);
    });
}
