namespace Quorate.Kernel.Machines;

/// <summary>How to open a file.</summary>
public enum OpenMode
{
    /// <summary>The file must be there.</summary>
    Existing,

    /// <summary>The file must not be there.</summary>
    CreateNew,

    /// <summary>The file is created empty when it is not there.</summary>
    OpenOrCreate,
}

/// <summary>
/// The files under a machine's data folder. Paths are relative to it, with <c>/</c> between names; <c>..</c> and absolute paths are
/// refused with <see cref="ArgumentException"/>. The empty path is the data folder itself.
/// </summary>
/// <remarks>
/// Guarantee: after a crash, a file's bytes are as of its last <see cref="IFile.SyncAsync"/>, with each later write kept, lost or torn on
/// its own; a created, renamed or deleted name is sure only after <see cref="SyncDirectoryAsync"/> of its directory.
/// Fails when: the device does; every method may throw <see cref="IOException"/>, and <see cref="DiskFullException"/> where it is full.
/// </remarks>
public interface IDisk
{
    /// <summary>Opens a file. One opener at a time writes to a file.</summary>
    /// <param name="path">Which.</param>
    /// <param name="mode">Whether it must, must not or may be there.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="FileNotFoundException">It must be there and is not.</exception>
    ValueTask<IFile> OpenAsync(string path, OpenMode mode, CancellationToken cancellationToken = default);

    /// <summary>Whether there is a file of this name.</summary>
    /// <param name="path">Which.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<bool> ExistsAsync(string path, CancellationToken cancellationToken = default);

    /// <summary>The names of the files directly in a directory, in ordinal order; empty when there is no such directory.</summary>
    /// <param name="directory">Which.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<IReadOnlyList<string>> ListAsync(string directory, CancellationToken cancellationToken = default);

    /// <summary>Creates a directory and its parents; nothing happens where it is there.</summary>
    /// <param name="directory">Which.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask CreateDirectoryAsync(string directory, CancellationToken cancellationToken = default);

    /// <summary>Renames a file; a file of the new name is replaced, atomically for every reader and crash.</summary>
    /// <param name="from">The old name.</param>
    /// <param name="to">The new name.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask RenameAsync(string from, string to, CancellationToken cancellationToken = default);

    /// <summary>Deletes a file; nothing happens where it is not there.</summary>
    /// <param name="path">Which.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask DeleteAsync(string path, CancellationToken cancellationToken = default);

    /// <summary>Makes the names in a directory durable: what was created, renamed and deleted in it before.</summary>
    /// <param name="directory">Which.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask SyncDirectoryAsync(string directory, CancellationToken cancellationToken = default);
}
