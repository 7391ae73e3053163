using System.Diagnostics;
using Quorate.Interop.Processes;

namespace Quorate.Interop.Disks;

/// <summary>A small file system in memory, mounted for one test.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly bool mounted;

    public SmallDisk(int mebibytes)
    {
        var (exit, errors) = Run("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m", "tmpfs", Path);
        mounted = exit == 0;
        WhyNot = mounted ? "" : $"no file system can be mounted here: {errors.Trim()}";
    }

    /// <summary>Why there is no such disk; empty where there is.</summary>
    public string WhyNot { get; }

    public string Path => folder.Path;

    /// <summary>Takes all the room that is left, as some other program would.</summary>
    /// <returns>Deleting this file gives the room back.</returns>
    public string Fill()
    {
        var filler = folder["filler"];
        using var file = new FileStream(filler, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var size in (int[])[1 << 20, 1 << 12])
        {
            try
            {
                while (true)
                    file.Write(new byte[size]);
            }
            catch (IOException)
            {
                // Full, for pieces of this size.
            }
        }
        return filler;
    }

    public void Dispose()
    {
        if (mounted)
            Run("umount", "--lazy", Path);
        folder.Dispose();
    }

    private static (int Exit, string Errors) Run(string program, params string[] arguments)
    {
        if (Project.Find(program) is null)
            return (-1, $"there is no {program}");
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, errors);
    }
}
