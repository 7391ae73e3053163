using System.Globalization;
using System.Text;
using Quorate.Checking.Pages;
using Quorate.Checking.Pages.Writing;

namespace Quorate.Cli.Drawing;

/// <summary>Writes a page to a file and says so.</summary>
internal static class PageFile
{
    public static void Write(string file, RunPage page)
    {
        PageSize size;
        using (var writer = new StreamWriter(file, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)))
            size = PageWriter.Write(page, writer);
        var kept = size.Kept == size.Events ? "" : string.Create(CultureInfo.InvariantCulture, $", {size.Kept} of {size.Events} events");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"page: {Path.GetFullPath(file)} ({size.Bytes / 1000} kB{kept})"));
    }
}
