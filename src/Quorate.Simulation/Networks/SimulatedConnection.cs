using System.Buffers;
using System.IO.Pipelines;
using Quorate.Kernel.Machines;
using Quorate.Simulation.Execution;
using Quorate.Simulation.Randomness;
using Quorate.Simulation.Tracing;

namespace Quorate.Simulation.Networks;

/// <summary>
/// One end of a connection, in one life of a machine. Two pumps, both on the end's strand, move bytes between pipes and network.
/// </summary>
internal sealed class SimulatedConnection : IConnection
{
    private const int SegmentBytesMax = 64 * 1024;
    private static readonly Action<object?> StartPump = static state => ((SimulatedConnection)state!).Pump();
    private static readonly Action<object?> StartDrain = static state => ((SimulatedConnection)state!).Drain();
    private readonly MachineNetwork owner;
    private readonly SimulatedStrand strand;
    private readonly Pipe inbound;
    private readonly Pipe outbound;
    private readonly Queue<Segment> arrived = new();
    private readonly LinkedListNode<SimulatedConnection> place;
    private SimulatedConnection peer = null!;
    private StreamDirection sending = null!;
    private Promise<bool>? window;
    private bool isDraining;
    private bool isGone;
    private bool isPeerDeaf;
    private bool hasSentEnd;
    private bool hasReceivedEnd;
    private bool hasStoppedReading;

    public SimulatedConnection(
        MachineNetwork owner, SimulatedStrand strand, NetworkAddress local, NetworkAddress remote, NetworkHost remoteHost)
    {
        this.owner = owner;
        this.strand = strand;
        Local = local;
        Remote = remote;
        RemoteHost = remoteHost;
        var scheduler = new StrandPipeScheduler(strand);
        var options = new PipeOptions(readerScheduler: scheduler, writerScheduler: scheduler, useSynchronizationContext: true);
        inbound = new Pipe(options);
        outbound = new Pipe(options);
        place = owner.Host.Connections.AddLast(this);
    }

    public NetworkAddress Local { get; }

    public NetworkAddress Remote { get; }

    public string? PeerIdentity => owner.Network.Options.ProvesIdentity ? RemoteHost.Name : null;

    public PipeReader Input => inbound.Reader;

    public PipeWriter Output => outbound.Writer;

    public NetworkHost Host => owner.Host;

    public NetworkHost RemoteHost { get; }

    /// <summary>Whether nobody answers at this end: its machine is down and its system with it.</summary>
    public bool IsSilent => !owner.Incarnation.IsAlive && Host.Incarnation is null && !Host.AnswersWhileDown;

    public void Join(SimulatedConnection other)
    {
        (peer, other.peer) = (other, this);
        sending = new StreamDirection(this, other, owner.Network);
        other.sending = new StreamDirection(other, this, owner.Network);
    }

    /// <summary>Starts to carry what the owner writes.</summary>
    public void Open() => strand.Enqueue(StartPump, this);

    public void Abort()
    {
        owner.Check("Connection.Abort");
        if (isGone || !owner.Incarnation.IsAlive)
            return;
        AbandonPeer();
        Lose("the connection was aborted on this side");
    }

    public ValueTask DisposeAsync()
    {
        owner.Check("Connection.DisposeAsync");
        outbound.Writer.Complete();
        inbound.Reader.Complete();
        return default;
    }

    /// <summary>The network's own reset: both ends lose the connection at once.</summary>
    public void ResetBoth(string why)
    {
        Post(this, why);
        Post(peer, why);
    }

    /// <summary>Tells the peer that this end is gone; what was under way arrives or not.</summary>
    public void AbandonPeer()
    {
        if (Chance.Chance(0.5))
            sending.Clear();
        sending.Send(SegmentKind.Reset, []);
    }

    /// <summary>The machine of this end crashed.</summary>
    public void Crash()
    {
        isGone = true;
        if (Host.AnswersWhileDown)
            AbandonPeer();
    }

    /// <summary>This end is gone, and the peer is not told: it hears of it when it sends.</summary>
    public void Forget() => Post(this, "its state was lost on this side");

    public void WindowOpened() => window?.TrySetResult(true);

    /// <summary>A segment came over the network. Runs as an event: the rest is posted to the strand.</summary>
    public void Arrive(in Segment segment)
    {
        if (!owner.Incarnation.IsAlive || isGone)
        {
            // The machine is up again, or its system never went: it knows nothing of this connection.
            owner.Network.Engine.Record?.Lost(segment.Id, LossCause.NoReceiver);
            if (segment.Kind is SegmentKind.Data or SegmentKind.End)
                sending.Send(SegmentKind.Reset, []);
            return;
        }
        owner.Network.Engine.Record?.Arrived(segment.Id);
        arrived.Enqueue(segment);
        if (isDraining)
            return;
        isDraining = true;
        strand.Enqueue(StartDrain, this);
    }

    private SeededRandom Chance => owner.Network.LinkBetween(Host, RemoteHost).Random;

    private bool HasStopped => isGone || isPeerDeaf || hasSentEnd;

    private static void Post(SimulatedConnection end, string why) => end.strand.Enqueue((Action<object?>)(_ => end.Lose(why)), null);

    private async void Pump()
    {
        while (!HasStopped)
        {
            ReadResult read;
            try
            {
                read = await outbound.Reader.ReadAsync();
            }
            catch (Exception)
            {
                WriterFailed();
                return;
            }
            if (HasStopped)
                return;
            await SendAllAsync(read.Buffer);
            if (HasStopped)
                return;
            outbound.Reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                EndSending();
        }
    }

    // The owner completed its writer with an error: that resets the connection.
    private void WriterFailed()
    {
        if (HasStopped)
            return;
        AbandonPeer();
        Lose("the writer was completed with an error");
    }

    private void EndSending()
    {
        sending.Send(SegmentKind.End, []);
        outbound.Reader.Complete();
        hasSentEnd = true;
        LeaveWhereDone();
    }

    private async ValueTask SendAllAsync(ReadOnlySequence<byte> bytes)
    {
        var network = owner.Network;
        while (!bytes.IsEmpty)
        {
            var room = network.Options.WindowBytes - sending.InFlightBytes;
            if (room <= 0)
            {
                window = new PlainPromise<bool>();
                await window.Task;
                window = null;
                if (HasStopped)
                    return;
                continue;
            }
            var take = (int)Math.Min(Math.Min(bytes.Length, room), SegmentBytesMax);
            if (take > 1 && Chance.Chance(network.Options.SplitProbability))
                take = 1 + Chance.Next(take - 1);
            sending.Send(SegmentKind.Data, bytes.Slice(0, take).ToArray());
            bytes = bytes.Slice(take);
        }
    }

    private async void Drain()
    {
        while (!isGone && arrived.TryDequeue(out var segment))
        {
            switch (segment.Kind)
            {
                case SegmentKind.Data:
                    await TakeInAsync(segment.Bytes);
                    break;
                case SegmentKind.End:
                    inbound.Writer.Complete();
                    hasReceivedEnd = true;
                    LeaveWhereDone();
                    break;
                case SegmentKind.StopSending:
                    StopSending();
                    break;
                default:
                    Lose($"{Remote} reset the connection");
                    break;
            }
        }
        isDraining = false;
    }

    private async ValueTask TakeInAsync(byte[] bytes)
    {
        inbound.Writer.Write(bytes);
        var flushed = await inbound.Writer.FlushAsync();
        peer.sending.Acknowledge(bytes.Length);
        if (!flushed.IsCompleted || isGone)
            return;
        sending.Send(SegmentKind.StopSending, []);
        hasStoppedReading = true;
        LeaveWhereDone();
    }

    private void StopSending()
    {
        if (HasStopped)
            return;
        isPeerDeaf = true;
        outbound.Reader.Complete(new IOException($"{Remote} closed the connection."));
        window?.TrySetResult(false);
        LeaveWhereDone();
    }

    // Neither direction carries anything any more.
    private void LeaveWhereDone()
    {
        if ((hasSentEnd || isPeerDeaf) && (hasReceivedEnd || hasStoppedReading) && place.List is not null)
            Host.Connections.Remove(place);
    }

    private void Lose(string why)
    {
        if (isGone)
            return;
        isGone = true;
        if (place.List is not null)
            Host.Connections.Remove(place);
        owner.Note(TraceKind.Reset, Host.Index, RemoteHost.Index);
        var failure = new IOException($"The connection {Local} - {Remote} was reset: {why}.");
        inbound.Writer.Complete(failure);
        if (!hasSentEnd && !isPeerDeaf)
            outbound.Reader.Complete(failure);
        window?.TrySetResult(false);
    }
}
