namespace Quorate.Cli.Nodes;

/// <summary>A node had to stop because something that must hold does not.</summary>
/// <param name="node">Its name.</param>
/// <param name="reason">What was broken.</param>
internal sealed class NodeFailedException(string node, Exception reason)
    : Exception($"node {node} had to stop: {NodeErrors.OneLine(reason)}", reason);
