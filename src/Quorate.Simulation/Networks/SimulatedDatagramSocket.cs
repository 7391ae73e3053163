using Quorate.Kernel.Machines;
using Quorate.Simulation.Tracing;

namespace Quorate.Simulation.Networks;

/// <summary>A datagram socket of one life of a machine.</summary>
internal sealed class SimulatedDatagramSocket(MachineNetwork owner, NetworkHost host, int port) : IDatagramSocket
{
    // What a full way holds back longer than this is dropped, as a router's queue would.
    private const long DatagramWaitMax = 60 * TimeSpan.TicksPerSecond;
    private readonly Queue<Datagram> arrived = new();
    private readonly WaiterQueue<Datagram> waiters = new();
    private string? lastName;
    private NetworkHost? lastHost;
    private bool isDisposed;

    public NetworkAddress Local { get; } = new(host.Name, port);

    public void Send(NetworkAddress to, ReadOnlySpan<byte> payload)
    {
        owner.Check("DatagramSocket.Send");
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (payload.Length > IDatagramSocket.PayloadBytesMax)
            throw new ArgumentException(
                $"A datagram holds at most {IDatagramSocket.PayloadBytesMax} bytes, not {payload.Length}.", nameof(payload));
        if (!owner.Incarnation.IsAlive || FindHost(to.Host) is not { } target)
            return;
        var network = owner.Network;
        var engine = network.Engine;
        engine.Trace.Add(TraceKind.DatagramSent, engine.Now, target.Index, payload.Length);
        var link = network.LinkBetween(host, target);
        if (host.Rewriter is { } rewriter && !TryRewrite(rewriter, link, to, ref payload))
            return;
        var id = engine.Record?.Sent(host.Name, target.Name, payload, isCopy: false) ?? 0;
        if (link.Cuts > 0 || link.Random.Chance(network.Loss))
        {
            engine.Trace.Add(TraceKind.DatagramLost, engine.Now, target.Index, payload.Length);
            engine.Record?.Lost(id, link.Cuts > 0 ? LossCause.Cut : LossCause.Loss);
            return;
        }
        Launch(link, target, to.Port, payload, id);
        if (link.Random.Chance(network.Duplication))
            Launch(link, target, to.Port, payload, engine.Record?.Sent(host.Name, target.Name, payload, isCopy: true) ?? 0);
    }

    public ValueTask<Datagram> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        owner.Check("DatagramSocket.ReceiveAsync");
        ObjectDisposedException.ThrowIf(isDisposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        return arrived.TryDequeue(out var datagram) ? new ValueTask<Datagram>(datagram) : waiters.WaitAsync(cancellationToken);
    }

    /// <summary>Hands a datagram over; false where the queue is full.</summary>
    public bool TryDeliver(in Datagram datagram)
    {
        if (waiters.TryComplete(datagram))
            return true;
        if (arrived.Count >= owner.Network.Options.DatagramQueueMax)
            return false;
        arrived.Enqueue(datagram);
        return true;
    }

    public ValueTask DisposeAsync()
    {
        if (isDisposed)
            return default;
        isDisposed = true;
        if (owner.Incarnation.IsAlive)
            host.Sockets.Remove(port);
        waiters.FailAll(new ObjectDisposedException(nameof(IDatagramSocket)));
        return default;
    }

    private void Launch(Link link, NetworkHost target, int targetPort, ReadOnlySpan<byte> payload, long id)
    {
        var network = owner.Network;
        var latency = network.DrawTransit(link, payload.Length);
        if (link.Random.Chance(network.Reordering))
            latency += link.Random.NextInt64(network.Options.TailMax.Ticks + 1);
        var bytes = payload.ToArray();
        if (latency > DatagramWaitMax || (link.Random.Chance(network.Corruption) && !TryCorrupt(bytes, link)))
        {
            network.Engine.Trace.Add(TraceKind.DatagramLost, network.Engine.Now, target.Index, payload.Length);
            network.Engine.Record?.Lost(id, LossCause.Loss);
            return;
        }
        network.TakeFlight().Send(link, target, targetPort, new Datagram(Local, bytes), id, latency);
    }

    private bool TryCorrupt(byte[] bytes, Link link)
    {
        if (owner.Network.Options.Authenticates)
            return false;
        if (bytes.Length > 0)
            bytes[link.Random.Next(bytes.Length)] ^= (byte)(1 << link.Random.Next(8));
        owner.Network.Engine.Trace.Add(TraceKind.DatagramCorrupted, owner.Network.Engine.Now, link.To, bytes.Length);
        return true;
    }

    private static bool TryRewrite(MessageRewriter rewriter, Link link, NetworkAddress to, ref ReadOnlySpan<byte> payload)
    {
        if (rewriter(new OutgoingMessage(to, IsDatagram: true, payload.ToArray(), link.Random)) is not { } changed)
            return false;
        payload = changed.AsSpan(0, Math.Min(changed.Length, IDatagramSocket.PayloadBytesMax));
        return true;
    }

    private NetworkHost? FindHost(string name)
    {
        if (ReferenceEquals(name, lastName))
            return lastHost;
        lastHost = owner.Resolve(name);
        lastName = name;
        return lastHost;
    }
}
