namespace Quorate.Simulation.Faults;

/// <summary>What a nemesis may do.</summary>
[Flags]
public enum FaultKind : long
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

    /// <summary>Splits the machines in two halves that hear each other only by way of one machine, which hears both.</summary>
    BridgedPartition = 1 << 17,

    /// <summary>Lets every machine hear a majority, but no two of them the same one.</summary>
    MajorityRing = 1 << 18,

    /// <summary>Clogs a random part of the machines one by one, and unclogs them one by one in another order.</summary>
    SwizzleClog = 1 << 19,

    /// <summary>Flips bits of datagrams.</summary>
    Corruption = 1 << 20,

    /// <summary>Lets one machine forget its connections with another, which is not told.</summary>
    HalfOpen = 1 << 21,

    /// <summary>Limits how much a machine can send.</summary>
    Bandwidth = 1 << 22,

    /// <summary>Makes every way to and from a machine slow.</summary>
    LatencySpike = 1 << 23,

    /// <summary>Crashes a machine again and again soon after each boot.</summary>
    CrashLoop = 1 << 24,

    /// <summary>Asks a machine to stop and boots it again.</summary>
    CleanStop = 1 << 25,

    /// <summary>Stops a machine cleanly and boots it with another version of the code; see <see cref="FaultPlan.VersionMax"/>.</summary>
    Upgrade = 1 << 26,

    /// <summary>Lets a machine's wall clock jump to and fro many times a second.</summary>
    ClockStrobe = 1 << 27,

    /// <summary>
    /// A power failure that loses every change of names that no directory sync has made durable, and keeps the bytes of all files.
    /// </summary>
    LostNames = 1 << 28,

    /// <summary>Lets reads fail.</summary>
    ReadErrors = 1 << 29,

    /// <summary>Lets writes fail.</summary>
    WriteErrors = 1 << 30,

    /// <summary>Flips a bit of what is durable.</summary>
    BitRot = 1L << 31,

    /// <summary>Lets writes land in another place of their file.</summary>
    MisdirectedWrites = 1L << 32,

    /// <summary>
    /// Turns a machine into a traitor, whose messages the rewriter of the test changes; see <see cref="Networks.SimulatedNetwork.SetRewriter"/>.
    /// </summary>
    Byzantine = 1L << 33,

    /// <summary>Cuts single ways, each from one machine to another; no nemesis draws it, a scenario's own strikes do.</summary>
    CutWays = 1L << 34,

    /// <summary>
    /// Holds back all messages of a link until it ends; they arrive within a tenth of a second of that. No nemesis draws it, a scenario's own
    /// strikes do.
    /// </summary>
    Hold = 1L << 35,
}
