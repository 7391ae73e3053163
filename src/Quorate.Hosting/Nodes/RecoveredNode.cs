namespace Quorate.Hosting.Nodes;

/// <summary>What a surviving node's folder holds.</summary>
/// <param name="Name">The survivor's name.</param>
/// <param name="Voters">How many voters its cluster had, as far as it knew.</param>
/// <param name="LastIndex">The index of its last entry.</param>
/// <param name="Term">The last term that it knew of.</param>
/// <param name="Revision">The newest revision of its store.</param>
public sealed record RecoveredNode(string Name, int Voters, long LastIndex, long Term, long Revision);
