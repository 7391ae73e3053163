namespace Quorate.Simulation.Disks;

/// <summary>What an operation does to the disk, which says which faults it may meet.</summary>
internal enum DiskAccess
{
    Read,
    Write,
    Sync,
}
