using Quorate.Kernel.Machines;

namespace Quorate.Services.Coordination.Values;

/// <summary>
/// Keeps the newest chunks in memory up to a bound, and writes the older ones to a file, which lives no longer than the store: what is
/// in it is in the log and the snapshots too.
/// </summary>
/// <param name="machine">Whose disk.</param>
/// <param name="path">The file.</param>
/// <param name="memoryBytes">How many bytes of full chunks stay in memory.</param>
/// <remarks>
/// Guarantee: a chunk leaves memory only when its bytes were written; what is read back is what was written, or the machine fails.
/// Cost: each chunk is written once, never synced; a read of old bytes is a read of one or two blocks, as a rule from the page cache.
/// Fails when: never by a write. Where the disk is full or refuses, chunks stay in memory beyond the bound, and the next full chunk tries
/// again.
/// </remarks>
internal sealed class ColdValues(IMachine machine, string path, long memoryBytes) : IAsyncDisposable
{
    // The oldest first. A chunk whose versions are all gone is passed over when its turn comes.
    private readonly Queue<ValueChunk> full = new();
    private ColdFile? file;
    private bool isMoving;
    private bool isRefused;
    private bool isClosed;

    /// <summary>The bytes of full chunks that are in memory.</summary>
    public long MemoryBytes { get; private set; }

    /// <summary>A chunk is full.</summary>
    /// <param name="chunk">The chunk.</param>
    public void Sealed(ValueChunk chunk)
    {
        full.Enqueue(chunk);
        MemoryBytes += chunk.Capacity;
        if (!isMoving && !isClosed && MemoryBytes > memoryBytes)
            _ = MoveAsync();
    }

    /// <summary>A full chunk is about to give its memory or disk back.</summary>
    /// <param name="chunk">The chunk.</param>
    public void Dropping(ValueChunk chunk)
    {
        if (!chunk.IsCold)
            MemoryBytes -= chunk.Capacity;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (isClosed)
            return;
        isClosed = true;
        full.Clear();
        if (file is not null)
            await file.DisposeAsync();
    }

    private async Task MoveAsync()
    {
        isMoving = true;
        try
        {
            while (!isClosed && MemoryBytes > memoryBytes && full.TryPeek(out var oldest))
            {
                var target = file ?? await CreateAsync();
                await target.ShortenAsync();
                if (oldest.Kept > 0)
                    await MoveAsync(oldest, target);
                full.TryDequeue(out _);
            }

            isRefused = false;
        }
        catch (IOException e)
        {
            Refused(e);
        }
        catch (ObjectDisposedException) when (isClosed)
        {
            // The store ended while a chunk was on its way.
        }
        catch (Exception e)
        {
            machine.Fail(e);
        }
        finally
        {
            isMoving = false;
        }
    }

    private async Task<ColdFile> CreateAsync()
    {
        var created = await ColdFile.CreateAsync(machine, path);
        if (!isClosed)
            return file = created;
        await created.DisposeAsync();
        throw new ObjectDisposedException(path);
    }

    private async Task MoveAsync(ValueChunk chunk, ColdFile target)
    {
        var extent = await target.WriteAsync(chunk.Written);
        if (chunk.Kept == 0 || isClosed)
        {
            machine.Telemetry.Sometimes("values: a chunk is needed no more when it is written");
            extent.Release();
            return;
        }

        chunk.GoCold(extent);
        MemoryBytes -= chunk.Capacity;
        machine.Telemetry.Sometimes("values: a chunk leaves memory");
    }

    private void Refused(IOException reason)
    {
        machine.Telemetry.Sometimes("values: the disk refuses a chunk");
        if (!isRefused)
            machine.Telemetry.Record(Severity.Warning, "coordination", $"old values stay in memory: {reason.Message}");
        isRefused = true;
    }
}
