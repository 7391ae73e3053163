using Quorate.Kernel.Machines;
using Quorate.Kernel.Strands;

namespace Quorate.Services.Dns.Serving;

/// <summary>An authoritative server for one zone, over datagrams and connections.</summary>
/// <remarks>
/// Guarantee: each query within the zone is answered with what the zone says at that moment; others are refused, nobody else is asked. What is
/// not a query gets no answer or a format error.
/// Cost: one strand; an answer is built anew for each query. Datagrams are answered with at most 1,232 bytes, connections are bounded.
/// Fails when: the address is taken (<see cref="IOException"/>).
/// Source: RFC 1034 and 1035; RFC 2308; RFC 6891; RFC 7766; RFC 8482.
/// </remarks>
public sealed class DnsServer : IAsyncDisposable
{
    private const int PortsTriedMax = 10;
    private static readonly TimeSpan AfterError = TimeSpan.FromMilliseconds(100);
    private readonly IMachine machine;
    private readonly Strand strand;
    private readonly QueryResponder responder;
    private readonly ResponseRate rate;
    private readonly IDatagramSocket socket;
    private readonly ConnectionService connections;
    private bool isStopping;

    private DnsServer(IMachine machine, Strand strand, DnsServerOptions options, IDnsZone zone, IDatagramSocket socket, IListener listener)
    {
        this.machine = machine;
        this.strand = strand;
        this.socket = socket;
        responder = new QueryResponder(zone, options.DatagramBytesMax);
        rate = new ResponseRate(options.ResponsesPerSecondMax, machine.Clock);
        connections = new ConnectionService(machine, listener, responder, options);
    }

    /// <summary>Where it listens, for datagrams and connections, with the port that was really taken.</summary>
    public NetworkAddress Local => socket.Local;

    /// <summary>How many queries came, of whatever kind.</summary>
    public long Queries { get; private set; }

    /// <summary>Begins to serve.</summary>
    /// <param name="machine">The machine; its connections must be plain.</param>
    /// <param name="options">Where and how.</param>
    /// <param name="zone">What to serve.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The address is in use or not of this machine.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its bounds.</exception>
    public static Task<DnsServer> StartAsync(
        IMachine machine, DnsServerOptions options, IDnsZone zone, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(zone);
        options.Validate();
        var strand = machine.CreateStrand("dns");
        return strand.InvokeAsync(() => StartOnAsync(machine, strand, options, zone, cancellationToken));
    }

    /// <summary>Stops listening and ends the connections.</summary>
    public async ValueTask DisposeAsync() => await strand.InvokeAsync(StopAsync);

    private static async Task<DnsServer> StartOnAsync(
        IMachine machine, Strand strand, DnsServerOptions options, IDnsZone zone, CancellationToken cancellationToken)
    {
        var (socket, listener) = await OpenAsync(machine, options.Listen, cancellationToken);
        var server = new DnsServer(machine, strand, options, zone, socket, listener);
        _ = server.ReceiveAsync();
        server.connections.Begin();
        return server;
    }

    /// <summary>Opens both at one address. Any free port of the one may be taken for the other: then another one is tried.</summary>
    private static async Task<(IDatagramSocket Socket, IListener Listener)> OpenAsync(
        IMachine machine, NetworkAddress listen, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var listener = await machine.Network.ListenAsync(listen, cancellationToken);
            try
            {
                return (await machine.Network.BindAsync(listener.Local, cancellationToken), listener);
            }
            catch (IOException) when (listen.Port == 0 && attempt < PortsTriedMax)
            {
                await listener.DisposeAsync();
            }
            catch
            {
                await listener.DisposeAsync();
                throw;
            }
        }
    }

    private async Task StopAsync()
    {
        if (isStopping)
            return;
        isStopping = true;
        await socket.DisposeAsync();
        await connections.StopAsync();
    }

    private async Task ReceiveAsync()
    {
        while (!isStopping)
        {
            try
            {
                var datagram = await socket.ReceiveAsync();
                Queries++;
                Answer(datagram);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
            {
                machine.Telemetry.Record(Severity.Warning, "dns", $"no datagram could be received: {e.Message}");
                await Task.Delay(AfterError, machine.Clock);
            }
        }
    }

    private void Answer(Datagram datagram)
    {
        // Nobody can be behind port 0: the sender is forged.
        if (datagram.From.Port == 0 || datagram.Payload.Length > ConnectionService.QueryBytesMax)
            return;
        var allowance = rate.Take(datagram.From.Host);
        if (allowance == Allowance.Nothing)
            return;
        var response = responder.Respond(datagram.Payload.Span, isDatagram: true, isCut: allowance == Allowance.Cut);
        if (response.Length > 0)
            socket.Send(datagram.From, response.Span);
    }
}
