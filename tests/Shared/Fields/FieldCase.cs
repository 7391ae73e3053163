using System.Reflection;

namespace Shared.Fields;

/// <summary>A line of the table: a call and what is known of its answers.</summary>
/// <param name="Line">The line, for people.</param>
/// <param name="Path">The method.</param>
/// <param name="Message">The bytes that are sent.</param>
/// <param name="Differs">Whether the answers are known to differ; docs/compatibility-etcd.md says why.</param>
/// <param name="IsOwn">Whether a good answer holds what is each server's own, so that only status and text are compared.</param>
/// <param name="IsStream">Whether one answer is waited for, and not the call's end.</param>
internal sealed record FieldCase(string Line, string Path, byte[] Message, bool Differs, bool IsOwn, bool IsStream)
{
    /// <summary>The table, in its order: later lines stand on what earlier ones wrote.</summary>
    public static IReadOnlyList<FieldCase> All { get; } =
    [
        .. File.ReadLines(System.IO.Path.Combine(Root, "tests", "Shared", "Fields", "fields.txt"))
            .Where(line => line.Length > 0 && line[0] != ';')
            .Select(Parse),
    ];

    private static string Root => typeof(FieldCase).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "QuorateRoot").Value!;

    private static FieldCase Parse(string line)
    {
        var marks = line.TakeWhile(c => c is '~' or '?').ToArray();
        var words = line[marks.Length..].Split(' ', 2);
        return new FieldCase(
            line, PathOf(words[0]), MessageText.Read(words.Length > 1 ? words[1] : ""), marks.Contains('~'), marks.Contains('?'),
            words[0] is "Watch/Watch" or "Election/Observe");
    }

    private static string PathOf(string method) => method[..method.IndexOf('/', StringComparison.Ordinal)] switch
    {
        "Lock" => $"/v3lockpb.{method}",
        "Election" => $"/v3electionpb.{method}",
        _ => $"/etcdserverpb.{method}",
    };
}
