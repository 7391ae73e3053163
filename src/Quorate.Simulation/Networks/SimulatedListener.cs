using Quorate.Kernel.Machines;
using Quorate.Simulation.Execution;

namespace Quorate.Simulation.Networks;

/// <summary>A listener of one life of a machine.</summary>
internal sealed class SimulatedListener(MachineNetwork owner, int port) : IListener
{
    private readonly Queue<SimulatedConnection> backlog = new();
    private readonly WaiterQueue<IConnection> waiters = new();
    private bool isDisposed;

    public NetworkAddress Local { get; } = new(owner.Host.Name, port);

    public MachineNetwork Owner => owner;

    public SimulatedStrand Strand { get; } = (SimulatedStrand)SynchronizationContext.Current!;

    public bool HasRoom => backlog.Count < owner.Network.Options.BacklogMax;

    public ValueTask<IConnection> AcceptAsync(CancellationToken cancellationToken = default)
    {
        owner.Check("Listener.AcceptAsync");
        ObjectDisposedException.ThrowIf(isDisposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        return backlog.TryDequeue(out var connection)
            ? new ValueTask<IConnection>(connection)
            : waiters.WaitAsync(cancellationToken);
    }

    public void Arrive(SimulatedConnection connection)
    {
        if (!waiters.TryComplete(connection))
            backlog.Enqueue(connection);
    }

    public ValueTask DisposeAsync()
    {
        if (isDisposed)
            return default;
        isDisposed = true;
        if (owner.Incarnation.IsAlive)
            owner.Host.Listeners.Remove(port);
        waiters.FailAll(new ObjectDisposedException(nameof(IListener)));
        while (backlog.TryDequeue(out var connection))
            connection.ResetBoth("the listener was closed");
        return default;
    }
}
