namespace Quorate.Simulation.Networks;

/// <summary>What a piece of a stream says.</summary>
internal enum SegmentKind : byte
{
    /// <summary>Bytes.</summary>
    Data,

    /// <summary>The sender will send no more.</summary>
    End,

    /// <summary>The sender will read no more.</summary>
    StopSending,

    /// <summary>The connection is gone.</summary>
    Reset,
}

/// <summary>A piece of a stream on its way.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Bytes">The bytes of data.</param>
/// <param name="Due">When it arrives, if nothing holds it up.</param>
/// <param name="Id">Its number in the record of the run; 0 where nobody records.</param>
internal readonly record struct Segment(SegmentKind Kind, byte[] Bytes, long Due, long Id);
