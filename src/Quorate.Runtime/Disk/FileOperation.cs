using System.Threading.Tasks.Sources;

namespace Quorate.Runtime.Disk;

/// <summary>What a file operation does.</summary>
internal enum FileAction
{
    Read,
    Write,
    SetLength,
    Sync,
    WriteAndSync,
}

/// <summary>One reusable trip to the thread that blocks. Its continuation runs on the context that awaits it.</summary>
internal sealed class FileOperation(RealFile file) : IValueTaskSource<int>, IValueTaskSource, IThreadPoolWorkItem
{
    private ManualResetValueTaskSourceCore<int> source = new() { RunContinuationsAsynchronously = true };
    private FileAction action;
    private long offset;
    private Memory<byte> buffer;

    public short Version => source.Version;

    public void Prepare(FileAction what, long at, Memory<byte> bytes)
    {
        action = what;
        offset = at;
        buffer = bytes;
    }

    /// <inheritdoc/>
    public void Execute()
    {
        try
        {
            source.SetResult(file.Perform(action, offset, buffer));
        }
        catch (Exception e)
        {
            source.SetException(e);
        }
    }

    /// <inheritdoc/>
    public int GetResult(short token)
    {
        try
        {
            return source.GetResult(token);
        }
        finally
        {
            buffer = default;
            source.Reset();
            file.Recycle(this);
        }
    }

    /// <inheritdoc/>
    void IValueTaskSource.GetResult(short token) => GetResult(token);

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => source.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        source.OnCompleted(continuation, state, token, flags);
}
