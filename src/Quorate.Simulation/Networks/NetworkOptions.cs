namespace Quorate.Simulation.Networks;

/// <summary>How the simulated network behaves while no fault is injected.</summary>
/// <remarks>Source of the shape: a data centre's network is fast in the common case and has a long tail (Dean and Barroso, 2013).</remarks>
public sealed record NetworkOptions
{
    /// <summary>The shortest time from sender to receiver. Default 0.1 ms.</summary>
    public TimeSpan LatencyMin { get; init; } = TimeSpan.FromMilliseconds(0.1);

    /// <summary>The longest time of the common case, drawn evenly from the shortest. Default 1 ms.</summary>
    public TimeSpan LatencyMax { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>How often a message falls into the slow tail. Default 0.01.</summary>
    public double TailProbability { get; init; } = 0.01;

    /// <summary>The longest time in the slow tail. Default 20 ms.</summary>
    public TimeSpan TailMax { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// The first wait before something lost on a connection is sent again; it doubles up to 32 times this. Default 200 ms.
    /// </summary>
    public TimeSpan RetransmitAfter { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// How long a connection's bytes stay unacknowledged before it is reset; drawn from half of this to this. Default 20 s.
    /// </summary>
    public TimeSpan ResetAfter { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long an attempt to connect waits for an answer. Default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many bytes of a connection may be on their way in one direction. Default 256 KiB.</summary>
    public int WindowBytes { get; init; } = 256 * 1024;

    /// <summary>How often a run of bytes is cut at a drawn place and travels in two pieces. Default 0.1.</summary>
    public double SplitProbability { get; init; } = 0.1;

    /// <summary>How many datagrams wait in a socket; more are dropped. Default 4096.</summary>
    public int DatagramQueueMax { get; init; } = 4096;

    /// <summary>
    /// How many connections wait to be accepted; the next one's handshake is not answered until there is room. Default 128.
    /// </summary>
    public int BacklogMax { get; init; } = 128;

    /// <summary>
    /// Whether what a machine receives was sent by the machine that it names, unchanged: corrupted datagrams are dropped. Default false.
    /// </summary>
    public bool Authenticates { get; init; }

    /// <summary>Whether each connection proves the peer's machine name, as mutual TLS would. Default false.</summary>
    public bool ProvesIdentity { get; init; }
}
