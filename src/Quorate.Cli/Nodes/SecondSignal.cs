using System.Runtime.InteropServices;

namespace Quorate.Cli.Nodes;

/// <summary>
/// Ends the process when it is asked to stop for the second time. The first Ctrl-C or SIGTERM is left to the command line, which
/// cancels the command and waits for it.
/// </summary>
internal sealed class SecondSignal : IDisposable
{
    private const int ExitCodeOfSignal = 128;
    private const int Interrupt = 2;
    private const int Terminate = 15;

    private readonly PosixSignalRegistration[] registrations;
    private int signals;

    public SecondSignal() => registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Take),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Take),
    ];

    /// <summary>Listens no more.</summary>
    public void Dispose()
    {
        foreach (var registration in registrations)
            registration.Dispose();
    }

    // The newest registration is called first: the command line's own, which waits, does not hold up this one.
    private void Take(PosixSignalContext context)
    {
        if (Interlocked.Increment(ref signals) > 1)
            Environment.Exit(ExitCodeOfSignal + (context.Signal == PosixSignal.SIGINT ? Interrupt : Terminate));
    }
}
