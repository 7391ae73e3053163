using System.Text;
using Quorate.Checking.Pages.Figures;

namespace Quorate.Checking.Pages.Writing;

/// <summary>Writes a run as one page of HTML that needs nothing else: no network, no other file, any browser of today.</summary>
/// <remarks>
/// Guarantee: the page is at most as large as its bound; when not all fits, routine messages go first and then what is furthest from the
/// focus, never the witness or the text of the violation, and the page says how much is missing. No text of the run can act as markup.
/// Cost: linear in the run; where not all fits, a few times that.
/// Fails when: a place in the run is not there, or there are too many lanes or figures (<see cref="ArgumentException"/>).
/// </remarks>
public static class PageWriter
{
    /// <summary>Writes a page.</summary>
    /// <param name="page">The run.</param>
    /// <param name="output">Where to; UTF-8 is assumed of it.</param>
    /// <param name="limits">Bounds; null for the default ones.</param>
    public static PageSize Write(RunPage page, TextWriter output, PageLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(page);
        ArgumentNullException.ThrowIfNull(output);
        limits ??= new PageLimits();
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.BytesMax, 250_000, nameof(limits));
        PageChecks.Check(page, limits);
        var shell = PageShell.For(page.Title, FigureMarkup.Of(page.Charts, page.Tables));
        var room = limits.BytesMax - Encoding.UTF8.GetByteCount(shell.Before) - Encoding.UTF8.GetByteCount(shell.After);
        var (data, kept) = PageSelection.Fit(page, limits, room);
        output.Write(shell.Before);
        output.Write(Encoding.UTF8.GetString(data));
        output.Write(shell.After);
        return new PageSize(limits.BytesMax - room + data.Length, PageSelection.Count(page), kept);
    }
}
