using Quorate.Kernel.Machines;
using Quorate.Simulation.Execution;
using Quorate.Simulation.Tracing;

namespace Quorate.Simulation.Networks;

/// <summary>One datagram on its way. Taken from and given back to the network's stack: a message costs no event object.</summary>
internal sealed class DatagramFlight(SimulatedNetwork network) : SimulatedEvent
{
    private Link link = null!;
    private NetworkHost to = null!;
    private int port;
    private Datagram datagram;
    private long id;

    public void Send(Link link, NetworkHost to, int port, in Datagram datagram, long id, long latency)
    {
        this.link = link;
        this.to = to;
        this.port = port;
        this.datagram = datagram;
        this.id = id;
        network.Engine.Schedule(this, latency);
    }

    public override void Fire()
    {
        var engine = network.Engine;
        if (link.CloggedUntil > engine.Now)
        {
            engine.ScheduleAt(this, network.RetryAfterClog(link));
            return;
        }
        if (link.Cuts == 0 && to.Sockets.TryGetValue(port, out var socket) && socket.TryDeliver(datagram))
        {
            network.DatagramsDelivered++;
            engine.Trace.Add(TraceKind.DatagramDelivered, engine.Now, to.Index, datagram.Payload.Length);
            engine.Record?.Arrived(id);
        }
        else
        {
            engine.Trace.Add(TraceKind.DatagramLost, engine.Now, to.Index, datagram.Payload.Length);
            engine.Record?.Lost(id, link.Cuts > 0 ? LossCause.Cut : LossCause.NoReceiver);
        }
        datagram = default;
        network.Return(this);
    }
}
