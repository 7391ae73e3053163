using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Quorate.Runtime.Disk;

/// <summary>The two system calls of Linux that .NET does not offer.</summary>
internal static partial class Native
{
    private const int Interrupted = 4;
    private const int ReadOnlyDirectory = 0x10000 | 0x80000; // O_DIRECTORY | O_CLOEXEC of Linux on x64
    private const int ReadOnlyDirectoryArm = 0x4000 | 0x80000;

    /// <summary>Makes a file's bytes durable, and of its metadata only what is needed to read them.</summary>
    public static void SyncData(SafeFileHandle file, string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
            return;
        }

        while (fdatasync(file) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
                throw DiskErrors.FromErrno(error, $"Cannot sync {path}");
        }
    }

    /// <summary>Makes the names in a directory durable.</summary>
    public static void SyncDirectory(string fullPath, string path)
    {
        if (OperatingSystem.IsWindows())
            return; // NTFS journals names by itself, and offers no such call.
        var flags = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm
            ? ReadOnlyDirectoryArm
            : ReadOnlyDirectory;
        if (!OperatingSystem.IsLinux())
            flags = 0;
        var descriptor = open(fullPath, flags);
        if (descriptor < 0)
            throw DiskErrors.FromErrno(Marshal.GetLastPInvokeError(), $"Cannot open the directory '{path}'");
        using var directory = new SafeFileHandle(descriptor, ownsHandle: true);
        while (fsync(directory) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
                throw DiskErrors.FromErrno(error, $"Cannot sync the directory '{path}'");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fdatasync(SafeFileHandle file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(SafeFileHandle file);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);
}
