using System.Text.Json;
using Quorate.Checking.Pages;
using Quorate.Checking.Pages.Writing;

namespace Quorate.Tests.Checking.Pages;

/// <summary>A page as written, and its data read back.</summary>
internal sealed record PageText(string Html, JsonElement Data, PageSize Size)
{
    private const string DataStart = "<script type=\"application/json\" id=\"run\">";

    public static PageText Of(RunPage page, PageLimits? limits = null)
    {
        using var writer = new StringWriter();
        var size = PageWriter.Write(page, writer, limits);
        var html = writer.ToString();
        var start = html.IndexOf(DataStart, StringComparison.Ordinal) + DataStart.Length;
        var end = html.IndexOf("</script>", start, StringComparison.Ordinal);
        return new PageText(html, JsonDocument.Parse(html[start..end]).RootElement, size);
    }

    public int[] Numbers(string part, string column) => [.. Data.GetProperty(part).GetProperty(column).EnumerateArray().Select(n => n.GetInt32())];

    public string[] Texts(string part, string column)
    {
        var strings = Data.GetProperty("strings").EnumerateArray().Select(s => s.GetString()!).ToArray();
        return [.. Numbers(part, column).Select(n => strings[n])];
    }
}
