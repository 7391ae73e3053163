namespace Quorate.Simulation.Faults;

/// <summary>What a nemesis may do.</summary>
[Flags]
public enum FaultKind
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Splits the machines in two sides that do not hear each other.</summary>
    Partition = 1 << 0,

    /// <summary>Cuts the ways from some machines to others; the ways back stay.</summary>
    OneWayPartition = 1 << 1,

    /// <summary>Cuts single pairs, so that who hears whom is no longer transitive.</summary>
    PartialPartition = 1 << 2,

    /// <summary>Holds back all messages of a link for a while; then they arrive together.</summary>
    Clog = 1 << 3,

    /// <summary>Resets the connections between two machines.</summary>
    Reset = 1 << 4,

    /// <summary>Loses messages.</summary>
    Loss = 1 << 5,

    /// <summary>Doubles datagrams.</summary>
    Duplication = 1 << 6,

    /// <summary>Lets datagrams overtake each other.</summary>
    Reordering = 1 << 7,

    /// <summary>Crashes one machine or several and boots them again.</summary>
    Crash = 1 << 8,

    /// <summary>Pauses a machine and resumes it.</summary>
    Pause = 1 << 9,

    /// <summary>Sets a machine's wall clock wrong.</summary>
    ClockSkew = 1 << 10,

    /// <summary>Lets a machine's clock run fast or slow.</summary>
    ClockDrift = 1 << 11,

    /// <summary>Moves a machine's wall clock forward or back.</summary>
    ClockJump = 1 << 12,

    /// <summary>Makes a disk slow.</summary>
    SlowDisk = 1 << 13,

    /// <summary>Fills a disk.</summary>
    FullDisk = 1 << 14,

    /// <summary>Lets disk operations fail.</summary>
    DiskErrors = 1 << 15,

    /// <summary>Lets syncs fail, and lose what they should have kept.</summary>
    FailedSyncs = 1 << 16,
}
