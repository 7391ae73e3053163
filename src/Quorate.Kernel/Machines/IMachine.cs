using Quorate.Kernel.Strands;

namespace Quorate.Kernel.Machines;

/// <summary>All that a node may touch of the outside: clock, network, disk, randomness, telemetry and strands.</summary>
/// <remarks>
/// Guarantee: code that reaches the outside only through its machine runs unchanged on a real machine and in the simulator, and in
/// the simulator the same seed gives the same run.
/// Cost: none beyond the interface calls.
/// Fails when: a service keeps state in statics, or uses an API that BannedSymbols.txt lists.
/// </remarks>
public interface IMachine
{
    /// <summary>The name of the machine, for traces and logs. It stays the same over restarts.</summary>
    string Name { get; }

    /// <summary>Wall clock, monotonic timestamps and timers. The wall clock may jump; timestamps never go back.</summary>
    TimeProvider Clock { get; }

    /// <summary>Connections, listeners and datagrams.</summary>
    INetwork Network { get; }

    /// <summary>The files under the machine's data folder.</summary>
    IDisk Disk { get; }

    /// <summary>Randomness, seeded in the simulator. Safe to call from every strand of the machine.</summary>
    Random Random { get; }

    /// <summary>
    /// Fills bytes that nobody may be able to guess: tokens and salts. On the real machine they are cryptographically random, in the simulator
    /// they come from the seed. Safe to call from every strand of the machine.
    /// </summary>
    /// <param name="bytes">What to fill.</param>
    void FillSecret(Span<byte> bytes);

    /// <summary>Where the machine reports what happens.</summary>
    ITelemetry Telemetry { get; }

    /// <summary>Creates a strand of this machine.</summary>
    /// <param name="name">What the strand is for, in traces and logs.</param>
    Strand CreateStrand(string name);

    /// <summary>
    /// Stops this machine at once because an invariant is broken, or its disk failed and it cannot go on: on the real machine the node
    /// ends without another write. In the simulator the seed fails; but where the disk did fail in this life and the reason is an
    /// <see cref="IOException"/>, the machine is down as by a crash, and the world goes on.
    /// </summary>
    /// <param name="reason">What was broken.</param>
    void Fail(Exception reason);
}
