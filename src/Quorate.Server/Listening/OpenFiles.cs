using System.Globalization;

namespace Quorate.Server.Listening;

/// <summary>How many files and sockets this process may have open.</summary>
public static class OpenFiles
{
    // What a node itself has open: its log, snapshots, peers, what the runtime takes.
    private const int OwnMax = 512;
    private const string Line = "Max open files";

    /// <summary>The most connections of clients of each node of this process, so that its own files stay possible.</summary>
    /// <param name="wanted">How many there may be at most.</param>
    /// <param name="nodes">How many nodes this process has.</param>
    public static int ConnectionsFor(int wanted, int nodes) => ConnectionsFor(wanted, nodes, Max());

    /// <summary>The most connections of clients of each node.</summary>
    /// <param name="wanted">How many there may be at most.</param>
    /// <param name="nodes">How many nodes this process has.</param>
    /// <param name="filesMax">How many files the process may have open; null for any number.</param>
    internal static int ConnectionsFor(int wanted, int nodes, long? filesMax) =>
        filesMax is { } max ? (int)Math.Clamp((max / nodes) - Math.Min(OwnMax, max / nodes / 2), 1, wanted) : wanted;

    /// <summary>The process's limit; null where there is none or it is not told.</summary>
    private static long? Max()
    {
        try
        {
            // The runtime has raised the soft limit to the hard one.
            var line = File.ReadLines("/proc/self/limits").FirstOrDefault(l => l.StartsWith(Line, StringComparison.Ordinal));
            var words = line?[Line.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return words is [var soft, ..] && long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var max) ? max : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
