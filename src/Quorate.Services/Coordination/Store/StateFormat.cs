namespace Quorate.Services.Coordination.Store;

/// <summary>The written form of a store: a magic number, then blocks of [length, CRC-32C, kind, body], the last one of kind End.</summary>
internal static class StateFormat
{
    /// <summary>The first eight bytes, little-endian: "QCOORD", and the format's version in the two high bytes.</summary>
    public const ulong Magic = 0x0001_4452_4f4f_4351;

    /// <summary>
    /// The same, version 2: with users and roles. A state that never had any is written as version 1, which older programs read too.
    /// </summary>
    public const ulong MagicWithAuth = 0x0002_4452_4f4f_4351;

    /// <summary>A block is closed when it has this many bytes.</summary>
    public const int BlockBytes = 64 * 1024;

    /// <summary>No block is longer: one version and its key, and room.</summary>
    public const int BlockBytesMax = 256 * 1024 * 1024;

    /// <summary>The bytes before a block's kind.</summary>
    public const int FrameBytes = 8;
}

/// <summary>What a block of a written store holds.</summary>
internal enum BlockKind : byte
{
    /// <summary>Revision, compacted revision, lessor's term.</summary>
    Header = 1,

    /// <summary>Leases, in order of their ids.</summary>
    Leases = 2,

    /// <summary>Versions, in order of key and revision; a key's bytes are left out where they are those of the version before.</summary>
    Versions = 3,

    /// <summary>How many leases and versions there are in all.</summary>
    End = 4,

    /// <summary>Alarms that are raised; left out where there are none.</summary>
    Alarms = 5,

    /// <summary>Version 2: whether authentication is on, its revision, how many users and roles there are.</summary>
    Authentication = 6,

    /// <summary>Version 2: users, in order of their names.</summary>
    Users = 7,

    /// <summary>Version 2: roles, in order of their names.</summary>
    Roles = 8,
}
