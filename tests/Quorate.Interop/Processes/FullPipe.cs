using System.Runtime.InteropServices;

namespace Quorate.Interop.Processes;

/// <summary>A named pipe that is full and that nobody reads: who opens it for writing may, and then writes for ever.</summary>
internal sealed class FullPipe : IDisposable
{
    // What a pipe holds: pipe(7).
    private const int Capacity = 64 << 10;
    private const int OwnerOnly = 0b110_000_000;
    private readonly FileStream stream;

    /// <summary>Creates the pipe under a path.</summary>
    public FullPipe(string path)
    {
        Assert.Equal(0, MakePipe(path, OwnerOnly));
        // Opened both ways it waits for nobody.
        stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        stream.Write(new byte[Capacity]);
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    [DllImport("libc", EntryPoint = "mkfifo")]
    private static extern int MakePipe([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int mode);
}
