using System.Reflection;
using Quorate.Checking.Histories;
using Quorate.Checking.Histories.Formats;

namespace Quorate.Tests.Checking;

/// <summary>Recorded histories of public projects, which lie beside the project where they are there at all.</summary>
internal static class SharedData
{
    private static readonly string Folder = Path.Combine(
        typeof(SharedData).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "QuorateRoot").Value!,
        "..",
        "shared",
        "data",
        "histories");

    public static string PathOf(string name)
    {
        var path = Path.Combine(Folder, name);
        Assert.SkipUnless(Path.Exists(path), "data not here");
        return path;
    }

    public static History Read(string name)
    {
        var path = PathOf(name);
        var text = File.ReadAllText(path);
        return HistoryReader.Read(text, HistoryReader.Detect(path, text));
    }
}
