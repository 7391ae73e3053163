using Quorate.Kernel.Machines;
using Quorate.Simulation.Execution;
using Quorate.Simulation.Tracing;

namespace Quorate.Simulation.Networks;

/// <summary>One attempt to connect: the request travels, is sent again while it is lost, and the answer travels back.</summary>
internal sealed class ConnectAttempt(MachineNetwork owner, NetworkHost target, int port) : SimulatedEvent
{
    private readonly PlainPromise<IConnection> outcome = new();
    private readonly SimulatedStrand strand = (SimulatedStrand)SynchronizationContext.Current!;
    private readonly long deadline = owner.Network.Engine.Now + owner.Network.Options.ConnectTimeout.Ticks;
    private CancellationTokenRegistration registration;
    private long backoff = owner.Network.Options.RetransmitAfter.Ticks;
    private SimulatedConnection? opened;
    private bool isRefused;

    public ValueTask<IConnection> StartAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
            registration = cancellationToken.UnsafeRegister(static (state, token) => ((ConnectAttempt)state!).GiveUp(token), this);
        owner.Network.Engine.Schedule(this, owner.Network.DrawLatency(Way));
        return outcome.Task;
    }

    public override void Fire()
    {
        if (!owner.Incarnation.IsAlive || outcome.IsCompleted)
            return;
        var network = owner.Network;
        if (network.Engine.Now >= deadline)
            Fail(new IOException($"{target.Name}:{port} did not answer within {network.Options.ConnectTimeout.TotalSeconds} s."));
        else if (isRefused)
            Fail(new ConnectionRefusedException($"{target.Name}:{port} refused the connection."));
        else if (opened is not null)
            Answer();
        else
            Request();
    }

    private void Request()
    {
        var network = owner.Network;
        if (!IsClear(Way) || (target.Incarnation is null && !target.AnswersWhileDown))
        {
            Retry();
            return;
        }
        if (!target.Listeners.TryGetValue(port, out var listener))
            isRefused = true;
        else if (!listener.HasRoom)
        {
            Retry();
            return;
        }
        else
            Open(listener);
        network.Engine.Schedule(this, network.DrawLatency(network.LinkBetween(target, owner.Host)));
    }

    private void Open(SimulatedListener listener)
    {
        var near = new SimulatedConnection(owner, strand, new(owner.Host.Name, owner.Host.EphemeralPort()), new(target.Name, port), target);
        var far = new SimulatedConnection(listener.Owner, listener.Strand, listener.Local, near.Local, owner.Host);
        near.Join(far);
        far.Open();
        listener.Arrive(far);
        opened = near;
    }

    private void Answer()
    {
        // The answer is lost while the way back is cut; the peer may have gone meanwhile.
        if (!IsClear(owner.Network.LinkBetween(target, owner.Host)))
        {
            Retry();
            return;
        }
        registration.Dispose();
        opened!.Open();
        owner.Note(TraceKind.Connected, owner.Host.Index, target.Index);
        outcome.TrySetResult(opened);
    }

    private Link Way => owner.Network.LinkBetween(owner.Host, target);

    private bool IsClear(Link link) =>
        link.Cuts == 0 && link.CloggedUntil <= owner.Network.Engine.Now && !link.Random.Chance(owner.Network.Loss);

    private void Retry()
    {
        owner.Network.Engine.Schedule(this, Math.Min(backoff, Math.Max(deadline - owner.Network.Engine.Now, 0)));
        backoff = Math.Min(backoff * 2, owner.Network.Options.RetransmitAfter.Ticks * 32);
    }

    private void Fail(IOException why)
    {
        registration.Dispose();
        opened?.AbandonPeer();
        owner.Note(TraceKind.Refused, owner.Host.Index, target.Index);
        outcome.TrySetException(why);
    }

    private void GiveUp(CancellationToken token)
    {
        if (outcome.TrySetException(new OperationCanceledException(token)))
            opened?.AbandonPeer();
    }
}
