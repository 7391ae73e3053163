using System.Buffers.Binary;
using System.IO.Pipelines;
using Quorate.Kernel.Encoding;
using Quorate.Kernel.Machines;
using Quorate.Services.Dns.Wire;
using Quorate.Services.Recipes.Timing;

namespace Quorate.Services.Dns.Resolving;

/// <summary>
/// Asks one server: by datagram from a port of its own, and over a connection where the answer is truncated. On the strand.
/// </summary>
/// <param name="machine">The machine.</param>
/// <param name="options">The settings.</param>
internal sealed class ServerExchange(IMachine machine, DnsResolverOptions options)
{
    private const int PayloadBytes = 1232;

    // What comes to the port and is no answer: beyond this somebody guesses.
    private const int StrangersMax = 64;

    /// <summary>Asks.</summary>
    /// <param name="server">Whom.</param>
    /// <param name="question">What.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The response, which is one to this question; null where none came in time.</returns>
    /// <exception cref="IOException">The server cannot be reached.</exception>
    public async Task<DnsMessage?> AskAsync(NetworkAddress server, DnsQuestion question, CancellationToken cancellationToken)
    {
        var name = options.RandomCase ? question.Name.WithCase(() => machine.Random.Next(2) == 0) : question.Name;
        var query = new DnsMessage
        {
            Id = (ushort)machine.Random.Next(ushort.MaxValue + 1),
            RecursionDesired = true,
            Questions = [question with { Name = name }],
            Edns = Edns.Of(PayloadBytes),
        };
        var bytes = new MessageWriter().Write(query, DnsMessage.BytesMax).ToArray();
        var response = await ByDatagramAsync(server, query, bytes, cancellationToken);
        return response is { IsTruncated: true } ? await ByConnectionAsync(server, query, bytes, cancellationToken) : response;
    }

    private async Task<DnsMessage?> ByDatagramAsync(NetworkAddress server, DnsMessage query, byte[] bytes, CancellationToken cancellationToken)
    {
        await using var socket = await machine.Network.BindAsync(new NetworkAddress(AnyAddressFor(server), 0), cancellationToken);
        socket.Send(server, bytes);
        var sentAt = machine.Clock.GetTimestamp();
        for (var strangers = 0; strangers < StrangersMax; strangers++)
        {
            var left = options.Timeout - machine.Clock.GetElapsedTime(sentAt);
            var receiving = ReceiveAsync(socket);
            if (left <= TimeSpan.Zero || !await Waiting.EndsAsync(receiving, left, machine.Clock, cancellationToken))
                return null;
            if (await receiving is not { } datagram)
                return null;
            if (datagram.From == server && Read(datagram.Payload.Span) is { } response
                && ResponseCheck.IsFor(query, response, options.RandomCase))
                return response;
        }

        return null;
    }

    private async Task<DnsMessage?> ByConnectionAsync(NetworkAddress server, DnsMessage query, byte[] bytes, CancellationToken cancellationToken)
    {
        var exchange = ConnectAndAskAsync(server, bytes, cancellationToken);
        if (!await Waiting.EndsAsync(exchange, options.Timeout, machine.Clock, cancellationToken))
        {
            _ = ForgetAsync(exchange);
            return null;
        }

        var response = await exchange;
        // What does not fit a connection either cannot be had, and must not be taken for nothing.
        return response is { IsTruncated: false } && ResponseCheck.IsFor(query, response, options.RandomCase) ? response : null;
    }

    private async Task<DnsMessage?> ConnectAndAskAsync(NetworkAddress server, byte[] bytes, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(2 * options.Timeout, machine.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        await using var connection = await machine.Network.ConnectAsync(server, either.Token);
        using var abort = either.Token.UnsafeRegister(static c => ((IConnection)c!).Abort(), connection);
        BinaryPrimitives.WriteUInt16BigEndian(connection.Output.GetSpan(sizeof(ushort)), (ushort)bytes.Length);
        connection.Output.Advance(sizeof(ushort));
        await connection.Output.WriteAsync(bytes, CancellationToken.None);
        return await ReadAsync(connection.Input);
    }

    private static async Task<DnsMessage?> ReadAsync(PipeReader input)
    {
        while (true)
        {
            var read = await input.ReadAsync();
            if (TryTake(read, out var response))
                return response;
            if (read.IsCompleted)
                return null;
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static bool TryTake(ReadResult read, out DnsMessage? response)
    {
        response = null;
        if (read.Buffer.Length < sizeof(ushort))
            return false;
        Span<byte> head = stackalloc byte[sizeof(ushort)];
        System.Buffers.BuffersExtensions.CopyTo(read.Buffer.Slice(0, sizeof(ushort)), head);
        int length = BinaryPrimitives.ReadUInt16BigEndian(head);
        if (read.Buffer.Length < length + sizeof(ushort))
            return false;
        response = Read(System.Buffers.BuffersExtensions.ToArray(read.Buffer.Slice(sizeof(ushort), length)));
        return true;
    }

    private static DnsMessage? Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return MessageReader.Read(bytes);
        }
        catch (MalformedInputException)
        {
            return null;
        }
    }

    private static async Task<Datagram?> ReceiveAsync(IDatagramSocket socket)
    {
        try
        {
            return await socket.ReceiveAsync();
        }
        catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException or System.Net.Sockets.SocketException)
        {
            return null;
        }
    }

    private static async Task ForgetAsync(Task exchange)
    {
        try
        {
            await exchange;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Nobody waits for it any more.
        }
    }

    // In the simulator, where hosts have names, both mean this machine.
    private static string AnyAddressFor(NetworkAddress server) => server.Host.Contains(':') ? "::" : "0.0.0.0";
}
