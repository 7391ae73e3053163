namespace Quorate.Services.Coordination.Values;

/// <summary>Where the values of a store are kept.</summary>
public sealed record ValueStorageOptions
{
    /// <summary>The shortest chunk: one block.</summary>
    public const int ChunkBytesMin = ColdFile.BlockBytes;

    /// <summary>How many bytes of values stay in memory, the newest ones; beside them one chunk that is being filled. Default 32 MiB; 0 or
    /// more.</summary>
    public long MemoryBytes { get; init; } = 32 << 20;

    /// <summary>How many bytes go to disk at a time. Default 128 KiB; from <see cref="ChunkBytesMin"/> to 16 MiB.</summary>
    public int ChunkBytes { get; init; } = ValueArena.ChunkBytes;

    /// <summary>The folder on the machine's disk, which holds nothing else. Default <c>values</c>.</summary>
    public string Folder { get; init; } = "values";
}
