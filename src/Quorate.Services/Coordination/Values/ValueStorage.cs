using Quorate.Kernel.Machines;

namespace Quorate.Services.Coordination.Values;

/// <summary>Makes the arenas of a store: one at its start, and one for each state that is restored, each with a file of its own.</summary>
internal sealed class ValueStorage
{
    private readonly IMachine? machine;
    private readonly ValueStorageOptions options;
    private int arenas;

    private ValueStorage(IMachine? machine, ValueStorageOptions options) => (this.machine, this.options) = (machine, options);

    /// <summary>Everything stays in memory.</summary>
    public static ValueStorage InMemory => new(null, new ValueStorageOptions());

    /// <summary>Old values go to disk. What an earlier process left there is deleted.</summary>
    /// <param name="machine">Whose disk.</param>
    /// <param name="options">How much stays in memory.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its bounds.</exception>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static async ValueTask<ValueStorage> OpenAsync(IMachine machine, ValueStorageOptions options, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.MemoryBytes, nameof(options.MemoryBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ChunkBytes, ValueStorageOptions.ChunkBytesMin, nameof(options.ChunkBytes));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.ChunkBytes, 16 << 20, nameof(options.ChunkBytes));
        foreach (var name in await machine.Disk.ListAsync(options.Folder, cancellationToken))
            await machine.Disk.DeleteAsync($"{options.Folder}/{name}", cancellationToken);
        return new ValueStorage(machine, options);
    }

    /// <summary>A new, empty arena.</summary>
    public ValueArena NewArena()
    {
        if (machine is null)
            return new ValueArena(null, options.ChunkBytes);
        arenas++;
        return new ValueArena(new ColdValues(machine, $"{options.Folder}/{arenas}", options.MemoryBytes), options.ChunkBytes);
    }
}
