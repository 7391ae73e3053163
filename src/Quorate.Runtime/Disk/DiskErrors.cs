using System.Runtime.InteropServices;
using Quorate.Kernel.Machines;

namespace Quorate.Runtime.Disk;

/// <summary>Turns the operating system's errors into the exceptions that <see cref="IDisk"/> promises.</summary>
internal static class DiskErrors
{
    private const int NoSpace = 28;        // ENOSPC
    private const int QuotaExceeded = 122; // EDQUOT
    private const int TooLarge = 27;       // EFBIG: beyond the process's or file system's limit
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    public static IOException FromErrno(int error, string what)
    {
        var message = $"{what}: {Marshal.GetPInvokeErrorMessage(error)} (error {error}).";
        return error is NoSpace or QuotaExceeded ? new DiskFullException(message) : new IOException(message, error);
    }

    /// <summary>What to throw instead of an exception of .NET's own file calls; null where it is right as it is.</summary>
    public static Exception? Translate(Exception e, string path) => e switch
    {
        DiskFullException => null,
        IOException { HResult: NoSpace or QuotaExceeded or TooLarge or WindowsDiskFull } =>
            new DiskFullException($"There is no room for {path}: {e.Message}", e),
        UnauthorizedAccessException => new IOException($"{path} may not be used: {e.Message}", e),
        _ => null,
    };
}
