using Quorate.Interop.Clients;
using Quorate.Interop.Processes;

namespace Quorate.Interop.Clusters;

/// <summary>What differs from three plain nodes on loopback that keep their data in a temporary folder.</summary>
internal sealed record NodeClusterOptions
{
    /// <summary>Flags of a node beside those that every node has.</summary>
    public Func<int, string[]> Flags { get; init; } = _ => [];

    /// <summary>The least severity of the events that the nodes tell.</summary>
    public string Log { get; init; } = "error";

    /// <summary>Where the nodes' folders are; null for a temporary folder.</summary>
    public string? Data { get; init; }

    /// <summary>The host that a node listens on.</summary>
    public Func<int, string> Host { get; init; } = _ => "127.0.0.1";

    /// <summary>The assembly that a node runs: this build's, or another release's.</summary>
    public Func<int, string> Program { get; init; } = _ => Project.CommandLine;

    /// <summary>The program that starts a node; it becomes the node.</summary>
    public Func<int, string[]> Launcher { get; init; } = _ => [];

    /// <summary>How clients of ours reach the nodes; null for the direct way.</summary>
    public SocketConnect? Connect { get; init; }
}
