using Quorate.Kernel.Machines;
using Quorate.Kernel.Strands;
using Quorate.Runtime.Disk;
using Quorate.Runtime.Network;
using Quorate.Runtime.Strands;
using Quorate.Runtime.Telemetry;

namespace Quorate.Runtime.Machines;

/// <summary>The machine of production: sockets, files, the system's clock and the thread pool.</summary>
/// <remarks>
/// Guarantee: as <see cref="IMachine"/> says. One machine at a time holds a data folder. After <see cref="Fail"/> nothing more is written.
/// Cost: one queue operation a post; one thread for each file that is synced again and again, at most four.
/// Fails when: the data folder is held by another machine or cannot be made (<see cref="IOException"/> on construction); work escapes a
/// strand with an exception, which ends the process unless <see cref="RealMachineOptions.OnFail"/> says otherwise.
/// Source: Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014, for the disk's rules; RFC 9293 and RFC 8446 for the network.
/// </remarks>
public sealed class RealMachine : IMachine, IAsyncDisposable
{
    private readonly FailSwitch failSwitch;
    private readonly SocketNetwork network;
    private readonly RealDisk? disk;
    private int disposed;

    /// <summary>Makes the machine, and takes its data folder.</summary>
    /// <param name="options">What it is made of.</param>
    /// <exception cref="IOException">The data folder is in use, or cannot be made.</exception>
    /// <exception cref="ArgumentException">An option is out of its bounds.</exception>
    public RealMachine(RealMachineOptions options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(options.Name);
        Name = options.Name;
        Telemetry = new SinkTelemetry(options.Name, options.TelemetryLeast, options.Telemetry);
        var onFail = options.OnFail ?? EndProcess;
        failSwitch = new FailSwitch(reason =>
        {
            Telemetry.Record(Severity.Error, "machine", $"The machine failed: {reason}");
            onFail(reason);
        });
        network = new SocketNetwork(Telemetry, options.Tls is null ? null : new TlsHandshake(options.Tls));
        disk = options.DataFolder is null ? null : new RealDisk(options.DataFolder, options.Name, failSwitch);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public TimeProvider Clock => TimeProvider.System;

    /// <inheritdoc/>
    public INetwork Network => network;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The machine was made without a data folder.</exception>
    public IDisk Disk => disk ?? throw new InvalidOperationException($"Machine '{Name}' has no data folder.");

    /// <inheritdoc/>
    public Random Random => Random.Shared;

    /// <inheritdoc/>
    public void FillSecret(Span<byte> bytes) => System.Security.Cryptography.RandomNumberGenerator.Fill(bytes);

    /// <inheritdoc/>
    public ITelemetry Telemetry { get; }

    /// <inheritdoc/>
    public Strand CreateStrand(string name) => new PoolStrand(name, failSwitch);

    /// <inheritdoc/>
    public void Fail(Exception reason) => failSwitch.Turn(reason);

    /// <summary>Resets the connections that are open, closes the listeners, and releases the data folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;
        await network.DisposeAsync().ConfigureAwait(false);
        disk?.Dispose();
    }

    // Abort, not exit: no handler and no finalizer runs any more, as each could write.
    private void EndProcess(Exception reason) =>
        Environment.FailFast($"Machine '{Name}' failed: {reason.Message}", reason);
}
