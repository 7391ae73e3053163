namespace Quorate.Checking.Pages;

/// <summary>Who or what a lane stands for.</summary>
public enum LaneKind
{
    /// <summary>A node of the system.</summary>
    Node,

    /// <summary>A client, whose operations are bars.</summary>
    Client,

    /// <summary>What no one of them owns, such as the network between them.</summary>
    World,
}

/// <summary>A lane of the diagram: one participant, from left to right.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Who it stands for.</param>
public sealed record PageLane(string Name, LaneKind Kind);
