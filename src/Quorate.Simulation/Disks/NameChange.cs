namespace Quorate.Simulation.Disks;

/// <summary>A change of names that no directory sync has made durable yet.</summary>
/// <param name="Number">Counts the changes of the disk.</param>
/// <param name="Directory">The directory whose sync makes it durable.</param>
/// <param name="Removed">The name that goes, or null.</param>
/// <param name="Added">The name that comes, or null.</param>
/// <param name="Node">The file that the names are of; null for a directory.</param>
internal sealed record NameChange(long Number, string Directory, string? Removed, string? Added, FileNode? Node);
