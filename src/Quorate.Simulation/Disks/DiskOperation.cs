using Quorate.Simulation.Execution;

namespace Quorate.Simulation.Disks;

/// <summary>One operation under way; completing it at its time makes a sync's changes durable. Reused.</summary>
internal sealed class DiskOperation(SimulatedDisk disk) : Promise<int>
{
    private Incarnation incarnation = null!;
    private FileNode? syncedFile;
    private long syncedUpTo;
    private string? syncedDirectory;

    public ValueTask<int> Start(Incarnation owner, int result, Exception? failure, bool isSync)
    {
        incarnation = owner;
        Result = result;
        Error = failure;
        disk.Engine.Schedule(this, disk.DrawTime(isSync));
        return Task;
    }

    /// <summary>As <see cref="Start"/>; at its time, everything written to the file before now is durable.</summary>
    public ValueTask<int> StartSync(Incarnation owner, FileNode file, Exception? failure)
    {
        syncedFile = file;
        syncedUpTo = file.TakenCount + file.PendingCount;
        return Start(owner, 0, failure, isSync: true);
    }

    /// <summary>As <see cref="Start"/>; at its time, the names in the directory as they were before now are durable.</summary>
    public ValueTask<int> StartDirectorySync(Incarnation owner, string directory, Exception? failure)
    {
        syncedDirectory = directory;
        syncedUpTo = disk.Names.ChangeCount;
        return Start(owner, 0, failure, isSync: true);
    }

    public override void Fire()
    {
        // The machine crashed meanwhile: whether the operation took effect was drawn then.
        if (!incarnation.IsAlive)
            return;
        if (syncedFile is { } file)
            Finish(file);
        else if (syncedDirectory is { } directory && Error is null)
            disk.Names.Sync(directory, syncedUpTo);
        Complete();
    }

    protected override void Recycle()
    {
        (syncedFile, syncedDirectory) = (null, null);
        disk.IdleOperations.Push(this);
    }

    private void Finish(FileNode file)
    {
        if (Error is null)
            file.MakeDurable(syncedUpTo);
        else
            file.LoseSome(syncedUpTo, disk.Random);
    }
}
