namespace Quorate.Kernel.Machines;

/// <summary>A file holds bytes that were never written there. It is not repaired in silence.</summary>
public sealed class CorruptFileException : IOException
{
    /// <summary>Names the file, the offset and what was wrong.</summary>
    /// <param name="path">The file.</param>
    /// <param name="offset">Where in it, in bytes.</param>
    /// <param name="what">What was wrong there.</param>
    public CorruptFileException(string path, long offset, string what)
        : base($"{path} is corrupt at offset {offset}: {what}")
    {
        FilePath = path;
        Offset = offset;
    }

    /// <summary>The file.</summary>
    public string FilePath { get; }

    /// <summary>Where in it, in bytes.</summary>
    public long Offset { get; }
}
