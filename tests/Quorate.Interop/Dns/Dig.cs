using System.Diagnostics;
using Quorate.Interop.Processes;

namespace Quorate.Interop.Dns;

/// <summary>BIND's own client.</summary>
internal sealed class Dig(string address)
{
    public const string Missing = "dig is not installed (Debian: dnsutils)";
    private static readonly string? Program = Project.Find("dig");

    public static bool IsInstalled => Program is not null;

    /// <summary>Asks, and gives all that it prints.</summary>
    public async Task<string> AskAsync(params string[] arguments)
    {
        var at = address.LastIndexOf(':');
        var start = new ProcessStartInfo(Program!, [$"@{address[..at]}", "-p", address[(at + 1)..], "+time=2", "+tries=2", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await process.WaitForExitAsync(limit.Token);
        Assert.True(process.ExitCode == 0, $"dig {string.Join(' ', arguments)}: {process.ExitCode}\n{await output}{await errors}");
        return await output;
    }

    /// <summary>Asks, and gives the answers, one a line, in their order.</summary>
    public async Task<string[]> ShortAsync(params string[] arguments) =>
        [.. (await AskAsync(["+short", .. arguments])).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
}
