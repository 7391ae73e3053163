using Quorate.Kernel.Machines;
using Quorate.Services.Coordination;

namespace Quorate.Cli.Nodes;

/// <summary>Runs a command that starts nodes, and turns what can go wrong outside of our code into one line and an exit code.</summary>
internal static class NodeErrors
{
    private const int Failed = 1;
    // As the other commands have it: 0 to 2 are a verdict's.
    private const int BadUsage = 3;

    /// <summary>What a command's help says of its exit codes.</summary>
    public const string ExitCodes =
        "Exit codes: 0 it was stopped; 1 the machine or the disk failed; 3 the command line is wrong; "
        + "130 or 143 a second Ctrl-C or SIGTERM ended it at once.";

    /// <summary>Runs a command. Asked to stop for the second time, the process ends at once.</summary>
    /// <param name="command">What to run; its result is the exit code.</param>
    /// <returns>The exit code: see <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(Func<Task<int>> command)
    {
        using var impatience = new SecondSignal();
        try
        {
            return await command();
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
        catch (Exception e) when (ExitCodeOf(e) is { } code)
        {
            Console.Error.WriteLine($"quorate: {OneLine(e)}");
            return code;
        }
    }

    /// <summary>The first sentences of an exception, on one line.</summary>
    /// <param name="e">The exception.</param>
    public static string OneLine(Exception e) => e switch
    {
        DiskFullException => $"the disk is full: {Flat(e.Message)}",
        // An emptied folder is no way out: the node would forget its votes and what it acknowledged (Ongaro's thesis, section 11.7.2).
        CorruptFileException =>
            $"{Flat(e.Message)}. Nothing was changed. The other nodes go on; keep this folder, and do not start the node empty.",
        _ => Flat(e.Message),
    };

    private static int? ExitCodeOf(Exception e) => e switch
    {
        UsageException or FormatException or ArgumentException => BadUsage,
        IOException or UnauthorizedAccessException or CoordinationException or NodeFailedException => Failed,
        System.Security.Cryptography.CryptographicException => Failed,
        _ => null,
    };

    private static string Flat(string text) => text.ReplaceLineEndings(" ").TrimEnd();
}
