namespace Quorate.Services.Replication.Peers;

/// <summary>What a frame between two nodes holds. The numbers are on the wire.</summary>
internal enum FrameKind : byte
{
    /// <summary>The first frame of the node that dialled.</summary>
    Hello = 1,

    /// <summary>The answer to <see cref="Hello"/>: frames may follow.</summary>
    Welcome = 2,

    /// <summary>The answer to <see cref="Hello"/>: why not. The connection ends.</summary>
    Refusal = 3,

    /// <summary>A message of a group's Raft core.</summary>
    Raft = 4,

    /// <summary>A call.</summary>
    Request = 5,

    /// <summary>The answer to a call.</summary>
    Response = 6,

    /// <summary>The caller does not want the answer to a call any more.</summary>
    Cancel = 7,

    /// <summary>The first frame of somebody who wants to know what cluster this is and who belongs to it.</summary>
    Ask = 8,

    /// <summary>The answer to <see cref="Ask"/>. The connection ends.</summary>
    Directory = 9,

    /// <summary>The first frame of a member whose data is damaged and that asks to begin anew.</summary>
    Readmit = 10,

    /// <summary>The answer to <see cref="Readmit"/>. The connection ends.</summary>
    Readmitted = 11,

    /// <summary>The first frame of a node that is no member yet and asks to be one.</summary>
    Apply = 12,

    /// <summary>The answer to <see cref="Apply"/>. The connection ends.</summary>
    Applied = 13,
}
