using System.Buffers;
using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;

namespace Quorate.Services.Replication.Peers;

/// <summary>
/// The way to one peer: a connection that this node dials and only writes to. It is dialled again, with growing and jittered waits, for
/// as long as the peer is known. What a turn queues leaves in one write.
/// </summary>
internal sealed class PeerLink
{
    private const int KeptBufferBytes = 4 << 20;

    // Nodes that start together find each other within a few attempts: until then a peer that is not there is no trouble.
    private const int PatientAttempts = 4;

    private readonly IMachine machine;
    private readonly PeerOptions options;
    private readonly string listening;
    private readonly Action<NodeId> changed;
    private readonly CancellationTokenSource stop = new();
    private ByteWriter filling = new(4096);
    private ByteWriter leaving = new(4096);
    private IConnection? connection;
    private bool pumping;
    private (Severity Severity, string What) lastTrouble;
    private int failures;
    private bool everUp;
    private Task running = Task.CompletedTask;

    public PeerLink(IMachine machine, PeerOptions options, string listening, NodeId peer, NetworkAddress address, Action<NodeId> changed)
    {
        this.machine = machine;
        this.options = options;
        this.listening = listening;
        this.changed = changed;
        Peer = peer;
        Address = address;
    }

    public NodeId Peer { get; }

    /// <summary>Told when the host at <see cref="Address"/> refuses a connection.</summary>
    public required Action<NodeId> Refused { get; init; }

    /// <summary>Where the peer listens; a new address counts from the next dialling on.</summary>
    public NetworkAddress Address { get; set; }

    /// <summary>Where the peer may listen if not there: the two are dialled by turns.</summary>
    public NetworkAddress? OtherAddress { get; set; }

    public bool IsUp => connection is not null;

    /// <summary>Whether there is room for a frame of this many bytes.</summary>
    public bool HasRoom(int bytes) => IsUp && (filling.Length == 0 || filling.Length + (long)bytes <= options.OutgoingBytesMax);

    /// <summary>What waits to be sent; frames are appended to it, after <see cref="HasRoom"/> said yes.</summary>
    public ByteWriter Outgoing => filling;

    public void Start() => running = RunAsync();

    /// <summary>Sends what was queued.</summary>
    public void Flush()
    {
        if (connection is null || pumping || filling.Length == 0)
            return;
        pumping = true;
        _ = PumpAsync(connection);
    }

    public async ValueTask StopAsync()
    {
        stop.Cancel();
        await running;
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            var wasUp = await ConnectAndWatchAsync();
            failures = wasUp ? 0 : Math.Min(failures + 1, 16);
            if (!stop.IsCancellationRequested)
                await PauseAsync(failures);
        }
    }

    private async ValueTask PauseAsync(int failures)
    {
        var wait = Math.Min(options.BackoffMin.TotalMilliseconds * (1 << failures), options.BackoffMax.TotalMilliseconds);
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(wait * (0.5 + (machine.Random.NextDouble() / 2))), machine.Clock, stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The link stops; its loop sees it.
        }
    }

    /// <summary>Dials, greets, and then waits for the end of the connection.</summary>
    /// <returns>Whether the connection ever was up.</returns>
    private async ValueTask<bool> ConnectAndWatchAsync()
    {
        IConnection? dialled = null;
        var wasUp = false;
        try
        {
            dialled = await DialAsync();
            wasUp = true;
            Raise(dialled);
            // Nothing else comes this way: the peer's own frames use the connection that the peer dialled. Reading notices the end.
            await new FrameReader(dialled.Input, options.FrameBytesMax).ReadAllAsync(
                static _ => throw new MalformedInputException("a frame on a connection that this node dialled"), stop.Token);
            Trouble("the peer closed the connection");
        }
        catch (Exception e) when (IsLinkTrouble(e))
        {
            Trouble(e.Message);
            if (e is ConnectionRefusedException && !IsElsewhere)
                Refused(Peer);
        }
        finally
        {
            if (wasUp)
                Lower();
            dialled?.Abort();
            if (dialled is not null)
                await dialled.DisposeAsync();
        }

        return wasUp;
    }

    /// <summary>Whether it is the other address's turn.</summary>
    private bool IsElsewhere => failures % 2 == 1 && OtherAddress is not null;

    private async ValueTask<IConnection> DialAsync()
    {
        using var limit = new CancellationTokenSource(options.ConnectTimeout, machine.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop.Token);
        var address = IsElsewhere ? OtherAddress!.Value : Address;
        var dialled = await machine.Network.ConnectAsync(address, either.Token);
        try
        {
            var hello = new ByteWriter();
            new Handshake(options.ClusterId, options.Self, Peer, listening).Write(hello, FrameKind.Hello);
            dialled.Output.Write(hello.WrittenSpan);
            await dialled.Output.FlushAsync(either.Token);
            var body = await new FrameReader(dialled.Input, options.FrameBytesMax).ReadOneAsync(either.Token)
                ?? throw new IOException("the peer closed the connection before it answered");
            var welcome = Handshake.Read(body.Span, FrameKind.Welcome);
            if (welcome.ClusterId != options.ClusterId || welcome.Node != Peer)
                throw new IOException(
                    $"at {address} is node {welcome.Node} of cluster {welcome.ClusterId:x}, not {Peer} of {options.ClusterId:x}");
            return dialled;
        }
        catch
        {
            dialled.Abort();
            await dialled.DisposeAsync();
            throw;
        }
    }

    private void Raise(IConnection dialled)
    {
        filling.Clear();
        connection = dialled;
        lastTrouble = default;
        everUp = true;
        machine.Telemetry.Record(Severity.Information, "peers", $"The link to {Peer} at {Address} is up.");
        changed(Peer);
    }

    private void Lower()
    {
        connection = null;
        filling.Clear();
        changed(Peer);
    }

    private async Task PumpAsync(IConnection to)
    {
        try
        {
            while (filling.Length > 0 && ReferenceEquals(connection, to))
            {
                (filling, leaving) = (leaving, filling);
                to.Output.Write(leaving.WrittenSpan);
                leaving.Clear();
                if (leaving.GetSpan().Length > KeptBufferBytes)
                    leaving = new ByteWriter(4096);
                var result = await to.Output.FlushAsync(stop.Token);
                if (result.IsCompleted)
                    break;
            }
        }
        catch (Exception e) when (IsLinkTrouble(e))
        {
            Trouble(e.Message);
            to.Abort();
        }
        finally
        {
            pumping = false;
        }

        // The link may have come back while the old connection's last flush was still under way.
        if (!stop.IsCancellationRequested && !ReferenceEquals(connection, to))
            Flush();
    }

    /// <summary>Says each trouble once, not with every attempt.</summary>
    private void Trouble(string what)
    {
        var severity = everUp || failures >= PatientAttempts ? Severity.Warning : Severity.Information;
        if (stop.IsCancellationRequested || (severity, what) == lastTrouble)
            return;
        lastTrouble = (severity, what);
        machine.Telemetry.Record(severity, "peers", $"The link to {Peer} at {Address} is down: {what}");
    }

    internal static bool IsLinkTrouble(Exception e) =>
        e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException or MalformedInputException;
}
