using Quorate.Kernel.Machines;
using Quorate.Services.Coordination;

namespace Quorate.Cli.Nodes;

/// <summary>Runs a command and turns what can go wrong outside of our code into one line and an exit code.</summary>
internal static class NodeErrors
{
    private const int Failed = 1;
    private const int BadUsage = 2;

    /// <summary>Runs a command.</summary>
    /// <param name="command">What to run; its result is the exit code.</param>
    /// <returns>The exit code: 1 for a failure of the environment, 2 for a wrong command line.</returns>
    public static async Task<int> RunAsync(Func<Task<int>> command)
    {
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
        CorruptFileException => $"{Flat(e.Message)}. Nothing was changed: restore the file, or empty the folder and let the node catch up from the others.",
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
