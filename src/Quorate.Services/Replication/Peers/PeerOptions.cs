using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;

namespace Quorate.Services.Replication.Peers;

/// <summary>The settings of a node's peer transport.</summary>
internal sealed record PeerOptions
{
    /// <summary>This node.</summary>
    public required NodeId Self { get; init; }

    /// <summary>The cluster; nodes of another are refused.</summary>
    public required ulong ClusterId { get; init; }

    /// <summary>Where to listen.</summary>
    public required NetworkAddress Listen { get; init; }

    /// <summary>The longest body of a frame in bytes; a longer one ends the connection.</summary>
    public required int FrameBytesMax { get; init; }

    /// <summary>The most bytes that wait for one peer. Beyond it Raft messages are dropped and calls fail.</summary>
    public int OutgoingBytesMax { get; init; } = 48 << 20;

    /// <summary>The most calls of all peers that are served at once. Beyond it they are refused.</summary>
    public int ServingMax { get; init; } = 16_384;

    /// <summary>The most connections accepted at once. Beyond it new ones are reset.</summary>
    public int IncomingMax { get; init; } = 1024;

    /// <summary>The most accepted connections that have not said who they are. One more, and the oldest of them is cut off.</summary>
    public int GreetingsMax { get; init; } = 128;

    /// <summary>The longest frame that is taken from a connection before it has said who it is, in bytes.</summary>
    public int GreetingBytesMax { get; init; } = 64 << 10;

    /// <summary>How long connecting and the handshake may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The first wait before dialling again; it doubles with each failure.</summary>
    public TimeSpan BackoffMin { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest wait before dialling again.</summary>
    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromSeconds(2);
}
