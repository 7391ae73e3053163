using Quorate.Kernel.Identity;

namespace Quorate.Services.Replication.Peers;

/// <summary>A call that waits for its answer.</summary>
internal sealed class PendingCall(ulong id, NodeId to, TimeSpan deadline) : TaskCompletionSource<ReadOnlyMemory<byte>>
{
    public ulong Id { get; } = id;

    public NodeId To { get; } = to;

    public TimeSpan Deadline { get; } = deadline;

    public CancellationTokenRegistration Registration { get; set; }
}
