using System.Buffers;
using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;
using Quorate.Kernel.Strands;
using Quorate.Protocols.Raft;
using Quorate.Services.Replication.Members;
using Quorate.Services.Replication.Timing;

namespace Quorate.Services.Replication.Peers;

/// <summary>
/// The connections of a node to its peers, shared by all groups: each node dials each peer once and writes on that connection, and reads
/// what the peer writes on the connection that the peer dialled.
/// </summary>
/// <remarks>
/// Guarantee: frames of one link arrive in order and unchanged, or the link is reported as changed.
/// Cost: one copy and one checksum a frame, one write a turn and peer.
/// Fails when: a peer is of another cluster or another node than expected: then the connection is refused, and both sides say why.
/// </remarks>
internal sealed class PeerTransport : IAsyncDisposable
{
    private const int PeersMax = 1024;

    private readonly IMachine machine;
    private readonly PeerOptions options;
    private readonly IPeerHandler handler;
    private readonly Action turn;
    private readonly IListener listener;
    private readonly CallServer server;
    private readonly StrangerLog strangers;
    private readonly CancellationTokenSource stop = new();
    private readonly SortedDictionary<NodeId, PeerLink> links = [];
    private readonly SortedDictionary<NodeId, (IConnection Connection, string Address)> incoming = [];
    private readonly List<Task> closing = [];

    // Accepted, and not yet known who it is; the oldest first.
    private readonly List<IConnection> greeting = [];

    // The values of links, in their order: every turn flushes all of them.
    private PeerLink[] ordered = [];
    private int accepted;
    private Task accepting = Task.CompletedTask;

    private PeerTransport(
        IMachine machine, Strand strand, MonotonicClock clock, PeerOptions options, IPeerHandler handler, Action turn, IListener listener)
    {
        this.machine = machine;
        this.options = options;
        this.handler = handler;
        this.turn = turn;
        this.listener = listener;
        Calls = new CallClient(clock, strand, LinkTo, (uint)machine.Random.NextInt64(uint.MaxValue));
        strangers = new StrangerLog(machine, clock);
        server = new CallServer(handler, options, LinkTo, turn, clock, strand);
    }

    /// <summary>Where the node really listens.</summary>
    public NetworkAddress Local => listener.Local;

    public CallClient Calls { get; }

    /// <summary>Listens, and begins to accept.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="strand">Where everything runs.</param>
    /// <param name="clock">The host's clock.</param>
    /// <param name="options">The settings.</param>
    /// <param name="handler">Takes what arrives.</param>
    /// <param name="turn">Asks for a flush at the end of the turn.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async ValueTask<PeerTransport> StartAsync(
        IMachine machine, Strand strand, MonotonicClock clock, PeerOptions options, IPeerHandler handler, Action turn,
        CancellationToken cancellationToken)
    {
        var listener = await machine.Network.ListenAsync(options.Listen, cancellationToken);
        return new PeerTransport(machine, strand, clock, options, handler, turn, listener);
    }

    /// <summary>Begins to accept, once the handler can take what arrives.</summary>
    public void Open() => accepting = AcceptAsync();

    /// <summary>Makes a peer known, or tells its new address.</summary>
    public void SetPeer(NodeId peer, NetworkAddress address)
    {
        if (peer == options.Self || stop.IsCancellationRequested)
            return;
        if (links.TryGetValue(peer, out var link))
        {
            link.Address = address;
            return;
        }

        if (links.Count >= PeersMax)
            return;
        link = new PeerLink(machine, options, Advertised(), peer, address, LinkChanged) { Refused = LinkRefused };
        links.Add(peer, link);
        ordered = [.. links.Values];
        link.Start();
    }

    /// <summary>Tells where a peer may be if it is not where <see cref="SetPeer"/> says.</summary>
    public void HintPeer(NodeId peer, NetworkAddress address)
    {
        if (!links.ContainsKey(peer))
            SetPeer(peer, address);
        if (links.TryGetValue(peer, out var link))
            link.OtherAddress = address;
    }

    /// <summary>Forgets a peer and ends the connection to it.</summary>
    public void RemovePeer(NodeId peer)
    {
        if (!links.Remove(peer, out var link))
            return;
        ordered = [.. links.Values];
        closing.RemoveAll(task => task.IsCompleted);
        closing.Add(link.StopAsync().AsTask());
    }

    public bool IsUp(NodeId peer) => links.TryGetValue(peer, out var link) && link.IsUp;

    /// <summary>Queues a Raft message.</summary>
    /// <returns>Whether it was queued; else it is lost, as on a bad network.</returns>
    public bool Send(NodeId to, ulong group, RaftMessage message, int bytesAbout)
    {
        if (!links.TryGetValue(to, out var link) || !link.HasRoom(bytesAbout))
            return false;
        var start = FrameCodec.Begin(link.Outgoing, FrameKind.Raft, group);
        RaftCodec.Write(message, link.Outgoing);
        FrameCodec.End(link.Outgoing, start);
        return true;
    }

    /// <summary>Sends everything that was queued.</summary>
    public void Flush()
    {
        foreach (var link in ordered)
            link.Flush();
    }

    public async ValueTask DisposeAsync()
    {
        stop.Cancel();
        server.Dispose();
        Calls.Dispose();
        await listener.DisposeAsync();
        foreach (var (_, caller) in incoming)
            caller.Connection.Abort();
        foreach (var (_, link) in links)
            await link.StopAsync();
        links.Clear();
        ordered = [];
        await Task.WhenAll(closing);
        await accepting;
        stop.Dispose();
    }

    private PeerLink? LinkTo(NodeId peer) => links.GetValueOrDefault(peer);

    private string Advertised() => new NetworkAddress(options.Listen.Host, listener.Local.Port).ToString();

    private void LinkChanged(NodeId peer)
    {
        if (!IsUp(peer))
            Calls.LinkBroke(peer);
        handler.LinkChanged(peer);
    }

    /// <summary>Who still writes to this node lives, whatever its host says of new connections.</summary>
    private void LinkRefused(NodeId peer)
    {
        if (!incoming.ContainsKey(peer))
            handler.PeerGone(peer);
    }

    private async Task AcceptAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var connection = await listener.AcceptAsync(stop.Token);
                if (accepted >= options.IncomingMax || stop.IsCancellationRequested)
                    connection.Abort();
                else
                    _ = ReadAsync(connection);
            }
            catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException)
            {
                return;
            }
            catch (IOException e)
            {
                machine.Telemetry.Record(Severity.Warning, "peers", $"Accepting a connection failed: {e.Message}");
                await Task.Delay(options.BackoffMin, machine.Clock);
            }
        }
    }

    private async Task ReadAsync(IConnection connection)
    {
        accepted++;
        var from = NodeId.None;
        try
        {
            from = await GreetInTurnAsync(connection);
            if (from.IsNone)
                return;
            await new FrameReader(connection.Input, options.FrameBytesMax).ReadAllAsync(body => Dispatch(from, body), stop.Token);
        }
        catch (MalformedInputException e)
        {
            strangers.Warn($"The connection from {connection.Remote} is ended: {e.Message}.");
        }
        catch (Exception e) when (PeerLink.IsLinkTrouble(e))
        {
            machine.Telemetry.Record(Severity.Debug, "peers", $"The connection from {connection.Remote} ended: {e.Message}");
        }
        finally
        {
            accepted--;
            connection.Abort();
            await connection.DisposeAsync();
            Forget(from, connection);
        }
    }

    private void Forget(NodeId from, IConnection connection)
    {
        if (from.IsNone || !incoming.TryGetValue(from, out var current) || !ReferenceEquals(current.Connection, connection))
            return;
        incoming.Remove(from);
        server.LinkBroke(from);
        Calls.LinkBroke(from); // Its answers came this way.
    }

    /// <summary>
    /// Who connects and says nothing holds a place only until others want it: a peer says at once who it is, so that a flood of strangers does not
    /// keep it out.
    /// </summary>
    private async ValueTask<NodeId> GreetInTurnAsync(IConnection connection)
    {
        if (greeting.Count >= options.GreetingsMax)
        {
            greeting[0].Abort();
            greeting.RemoveAt(0);
        }

        greeting.Add(connection);
        try
        {
            return await GreetAsync(connection, new FrameReader(connection.Input, options.GreetingBytesMax));
        }
        finally
        {
            greeting.Remove(connection);
        }
    }

    /// <summary>Reads the greeting and answers it.</summary>
    /// <returns>Who is there, or none when the connection is refused.</returns>
    private async ValueTask<NodeId> GreetAsync(IConnection connection, FrameReader reader)
    {
        using var limit = new CancellationTokenSource(options.ConnectTimeout, machine.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop.Token);
        if (await reader.ReadOneAsync(either.Token) is not { } body)
            return NodeId.None;
        if (DirectoryCodec.IsAsk(body.Span))
            return await TellDirectoryAsync(connection, reader, either.Token);
        if (ReadmissionAsk.TryRead(body.Span) is { } ask)
            return await ReadmitAsync(ask, connection, reader);
        if (Application.TryRead(body.Span) is { } application)
            return await TakeApplicationAsync(application, connection, reader);
        var hello = Handshake.Read(body.Span, FrameKind.Hello);
        var answer = new ByteWriter();
        var refusal = WhyNot(hello, connection.PeerIdentity);
        if (refusal is null)
            new Handshake(options.ClusterId, options.Self, hello.Node, Advertised()).Write(answer, FrameKind.Welcome);
        else
            Handshake.WriteRefusal(answer, refusal);
        connection.Output.Write(answer.WrittenSpan);
        await connection.Output.FlushAsync(either.Token);
        if (refusal is not null)
        {
            strangers.Warn($"A connection from {connection.Remote} was refused: {refusal}");
            // A clean close behind the refusal, so that the other end reads why.
            await connection.Output.CompleteAsync();
            await reader.ReadOneAsync(either.Token);
            return NodeId.None;
        }

        Welcome(hello, connection);
        return hello.Node;
    }

    private async ValueTask<NodeId> TellDirectoryAsync(IConnection connection, FrameReader reader, CancellationToken cancellationToken)
    {
        var answer = new ByteWriter();
        DirectoryCodec.WriteDirectory(answer, new ClusterDirectory(options.ClusterId, handler.Members));
        return await AnswerAsync(answer, connection, reader, cancellationToken);
    }

    /// <summary>Answers a member whose data is damaged. What it sent before it stopped is not taken any more.</summary>
    private async ValueTask<NodeId> ReadmitAsync(ReadmissionAsk ask, IConnection connection, FrameReader reader)
    {
        var answer = new ByteWriter();
        if (WhyNot(new Handshake(ask.ClusterId, ask.Node, options.Self, ""), connection.PeerIdentity) is { } refusal)
            Handshake.WriteRefusal(answer, refusal);
        else
            (await OrLaterAsync(
                handler.ReadmitAsync,
                ask,
                new Readmission(MembershipAnswer.ChangeUnderWay, 0, NodeId.None),
                $"Node {ask.Node} cannot be readmitted now")).WriteFrame(answer);
        return await AnswerAsync(answer, connection, reader, stop.Token);
    }

    /// <summary>Answers a node that wants to be a member. Where there are certificates, the connection itself proved that it may.</summary>
    private async ValueTask<NodeId> TakeApplicationAsync(Application application, IConnection connection, FrameReader reader)
    {
        var answer = new ByteWriter();
        if (application.ClusterId != options.ClusterId)
            Handshake.WriteRefusal(answer, $"this is cluster {options.ClusterId:x}.");
        else
            Application.WriteAnswer(answer, await OrLaterAsync(
                handler.TakeApplicationAsync,
                application,
                MembershipAnswer.ChangeUnderWay,
                $"{application.Member.PeerAddress} cannot be added now"));
        return await AnswerAsync(answer, connection, reader, stop.Token);
    }

    /// <summary>What the handler answers; where it cannot now, that it is to be asked again.</summary>
    private async ValueTask<TAnswer> OrLaterAsync<TAsk, TAnswer>(
        Func<TAsk, CancellationToken, ValueTask<TAnswer>> handle, TAsk ask, TAnswer later, string told)
    {
        try
        {
            return await handle(ask, stop.Token);
        }
        catch (Exception e) when (e is not OperationCanceledException and not MalformedInputException)
        {
            strangers.Warn($"{told}: {e.Message}");
            return later;
        }
    }

    /// <summary>Sends the one frame in answer and waits for the other end to close.</summary>
    private static async ValueTask<NodeId> AnswerAsync(
        ByteWriter answer, IConnection connection, FrameReader reader, CancellationToken cancellationToken)
    {
        connection.Output.Write(answer.WrittenSpan);
        await connection.Output.FlushAsync(cancellationToken);
        await connection.Output.CompleteAsync();
        await reader.ReadOneAsync(cancellationToken);
        return NodeId.None;
    }

    /// <summary>Takes nothing more of what a peer sends on the connection that it has.</summary>
    public void DropIncoming(NodeId peer)
    {
        if (incoming.TryGetValue(peer, out var current))
            current.Connection.Abort();
    }

    private void Welcome(Handshake hello, IConnection connection)
    {
        // A newer connection replaces an older one: the peer only dials again when it has given up the old one.
        if (incoming.Remove(hello.Node, out var older))
        {
            older.Connection.Abort();
            server.LinkBroke(hello.Node);
            Calls.LinkBroke(hello.Node);
        }

        incoming.Add(hello.Node, (connection, hello.Address));
        DialBack(hello.Node);
    }

    /// <summary>
    /// Who calls is answered, also where it was forgotten while its own connection stayed: it may be a member again, and this node, whose
    /// log is behind, can learn that only once its answers arrive.
    /// </summary>
    private void DialBack(NodeId caller)
    {
        if (!links.ContainsKey(caller)
            && incoming.TryGetValue(caller, out var known)
            && NetworkAddress.TryParse(known.Address, out var address))
            SetPeer(caller, address);
    }

    private string? WhyNot(Handshake hello, string? provedName)
    {
        if (hello.ClusterId != options.ClusterId)
            return $"node {hello.Node} is of cluster {hello.ClusterId:x}, and this is cluster {options.ClusterId:x}.";
        if (hello.Expected != options.Self)
            return $"node {hello.Expected} was called, and this is node {options.Self}.";
        if (hello.Node == options.Self)
            return $"the caller has the node id of this node, {options.Self}.";
        if (provedName is not null && !IsProved(hello.Node, provedName))
            return $"the certificate names '{provedName}', which is not node {hello.Node}.";
        return null;
    }

    /// <summary>
    /// The identity of a first member follows from its name. One that was added later has said its name when it first came; until then any
    /// name will do that no other member has.
    /// </summary>
    private bool IsProved(NodeId node, string provedName)
    {
        if (NodeId.FromName(provedName) == node)
            return true;
        var owner = handler.Members.FirstOrDefault(member => member.Name == provedName);
        return owner is not null ? owner.Id == node : handler.Members.Any(member => member.Id == node && !member.HasStarted);
    }

    private void Dispatch(NodeId from, ReadOnlyMemory<byte> body)
    {
        DialBack(from);
        var reader = new ByteReader(body.Span);
        var (kind, group) = FrameCodec.ReadStart(ref reader);
        switch (kind)
        {
            case FrameKind.Raft:
                handler.RaftArrived(from, group, body[reader.Position..]);
                break;
            case FrameKind.Request:
                server.RequestArrived(from, group, ref reader, body.ToArray());
                break;
            case FrameKind.Response:
                Calls.AnswerArrived(from, ref reader, body.ToArray());
                break;
            case FrameKind.Cancel:
                server.CancelArrived(from, ref reader);
                break;
            default:
                throw new MalformedInputException($"a {kind} frame behind the greeting");
        }

        turn();
    }
}
