namespace Quorate.Services.Replication;

/// <summary>This node's data is not to be trusted any more. Started anew, it takes all of it from its peers.</summary>
/// <param name="why">What is wrong.</param>
public sealed class RepairNeededException(string why) : IOException($"the node's data is given up and taken anew from its peers: {why}");
