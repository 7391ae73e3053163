using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Quorate.Kernel.Machines;
using Quorate.Runtime.Certificates;
using Quorate.Runtime.Machines;
using Quorate.Runtime.Network;
using Quorate.Runtime.Telemetry;
using Quorate.Tests.Runtime.Certificates;

namespace Quorate.Tests.Runtime.Network;

public sealed class TlsTests : IDisposable
{
    private static readonly NetworkAddress Anywhere = new("127.0.0.1", 0);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly TestAuthority ours = new();
    private readonly TestAuthority theirs = new();

    public void Dispose()
    {
        ours.Dispose();
        theirs.Dispose();
    }

    [Fact]
    public async Task Each_side_learns_the_others_name_and_bytes_pass()
    {
        await using var a = Machine(ours.Issue("alice"));
        await using var b = Machine(ours.Issue("common name", dnsName: "bob"));
        await using var listener = await b.Network.ListenAsync(Anywhere);
        var accept = listener.AcceptAsync();
        var client = await a.Network.ConnectAsync(listener.Local);
        var server = await accept;
        Assert.Equal("bob", client.PeerIdentity);
        Assert.Equal("alice", server.PeerIdentity);
        var sent = new byte[500_000];
        new Random(1).NextBytes(sent);
        var sending = client.Output.WriteAsync(sent).AsTask();
        var received = await server.Input.ReadAtLeastAsync(100_000).AsTask().WaitAsync(Patience);
        Assert.True(received.Buffer.FirstSpan.SequenceEqual(sent.AsSpan(0, received.Buffer.FirstSpan.Length)));
        var total = received.Buffer.Length; // Before the advance: afterwards the buffer's segments belong to the pipe again.
        server.Input.AdvanceTo(received.Buffer.End);
        // Only what was flushed before the close is promised, so the close waits for the flush; the reader goes on meanwhile.
        var closing = Task.Run(async () =>
        {
            await sending;
            await client.DisposeAsync();
        });
        while (await server.Input.ReadAsync() is { } read)
        {
            total += read.Buffer.Length;
            server.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                break;
        }

        await closing;
        Assert.Equal(sent.Length, total);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_client_of_another_authority_is_refused_and_learns_it_while_connecting()
    {
        await using var server = Machine(ours.Issue("server"));
        await using var stranger = new RealMachine(Options(theirs.Issue("stranger"), ours.Authorities));
        await RefusedAsync(stranger, server);
    }

    [Fact]
    public async Task A_server_of_another_authority_is_refused()
    {
        await using var server = new RealMachine(Options(theirs.Issue("server"), ours.Authorities));
        await using var client = Machine(ours.Issue("client"));
        await RefusedAsync(client, server);
    }

    [Fact]
    public async Task An_expired_certificate_is_refused()
    {
        await using var server = Machine(ours.Issue("server"));
        await using var late = Machine(ours.Issue("late", expired: true));
        await RefusedAsync(late, server);
    }

    [Fact]
    public async Task A_peer_that_the_predicate_does_not_welcome_is_refused()
    {
        var options = Options(ours.Issue("server"), ours.Authorities);
        await using var server = new RealMachine(options with { Tls = options.Tls! with { AcceptPeer = name => name == "friend" } });
        await using var other = Machine(ours.Issue("other"));
        await RefusedAsync(other, server);
    }

    [Fact]
    public async Task A_plain_client_and_noise_do_not_stop_the_listener_and_nothing_secret_is_told()
    {
        var told = new List<string>();
        var refused = new SemaphoreSlim(0);
        var options = Options(ours.Issue("server"), ours.Authorities) with
        {
            Telemetry = e =>
            {
                lock (told)
                    told.Add(e.Text);
                refused.Release();
            },
        };
        await using var server = new RealMachine(options);
        await using var listener = await server.Network.ListenAsync(Anywhere);
        for (var i = 0; i < 3; i++)
        {
            using var raw = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await raw.ConnectAsync("127.0.0.1", listener.Local.Port);
            await raw.SendAsync("GET /secret-token HTTP/1.1\r\n\r\n"u8.ToArray());
            Assert.True(await refused.WaitAsync(Patience));
        }

        Assert.DoesNotContain(told, t => t.Contains("secret-token") || t.Contains("PRIVATE"));
        await using var client = Machine(ours.Issue("client"));
        var accept = listener.AcceptAsync();
        await using var connection = await client.Network.ConnectAsync(listener.Local);
        await using var accepted = await accept.AsTask().WaitAsync(Patience);
        Assert.Equal("client", accepted.PeerIdentity);
    }

    [Fact]
    public async Task A_handshake_uses_the_certificates_of_its_time_and_an_open_connection_goes_on()
    {
        var rolling = new RollingCertificates { Current = new CertificateSet(ours.Issue("before"), ours.Authorities) };
        await using var server = new RealMachine(new RealMachineOptions { Name = "s", Tls = new TlsOptions { Certificates = rolling } });
        await using var listener = await server.Network.ListenAsync(Anywhere);
        await using var client = Machine(ours.Issue("client"));
        await using var first = await client.Network.ConnectAsync(listener.Local);
        await using var firstAtServer = await listener.AcceptAsync();
        Assert.Equal("before", first.PeerIdentity);

        rolling.Current = new CertificateSet(ours.Issue("after"), theirs.Authorities);
        // Its authority is trusted no longer.
        await Assert.ThrowsAnyAsync<IOException>(() => client.Network.ConnectAsync(listener.Local).AsTask().WaitAsync(Patience));
        await using var newer = new RealMachine(Options(theirs.Issue("newer"), ours.Authorities));
        await using var second = await newer.Network.ConnectAsync(listener.Local);
        Assert.Equal("after", second.PeerIdentity);
        await first.Output.WriteAsync(new byte[3]);
        Assert.Equal(3, (await firstAtServer.Input.ReadAtLeastAsync(3).AsTask().WaitAsync(Patience)).Buffer.Length);
    }

    [Fact]
    public async Task A_peer_that_says_nothing_is_dropped_after_the_handshakes_timeout()
    {
        var options = Options(ours.Issue("server"), ours.Authorities);
        await using var server = new RealMachine(options with { Tls = options.Tls! with { HandshakeTimeout = TimeSpan.FromMilliseconds(200) } });
        await using var listener = await server.Network.ListenAsync(Anywhere);
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await silent.ConnectAsync("127.0.0.1", listener.Local.Port);
        var end = await silent.ReceiveAsync(new byte[1]).WaitAsync(Patience);
        Assert.Equal(0, end);
    }

    [Fact]
    public void Options_without_key_or_authority_or_with_a_wild_timeout_are_refused()
    {
        using var certificate = ours.Issue("server");
        using var bare = X509CertificateLoader.LoadCertificate(certificate.RawData);
        Assert.Throws<ArgumentException>(() => new RealMachine(Options(bare, ours.Authorities)));
        Assert.Throws<ArgumentException>(() => new RealMachine(Options(certificate, [])));
        var options = Options(certificate, ours.Authorities);
        Assert.Throws<ArgumentException>(
            () => new RealMachine(options with { Tls = options.Tls! with { HandshakeTimeout = TimeSpan.Zero } }));
    }

    private static async Task RefusedAsync(RealMachine client, RealMachine server)
    {
        await using var listener = await server.Network.ListenAsync(Anywhere);
        var accept = listener.AcceptAsync().AsTask();
        await Assert.ThrowsAnyAsync<IOException>(() => client.Network.ConnectAsync(listener.Local).AsTask().WaitAsync(Patience));
        Assert.False(accept.IsCompleted);
        await listener.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => accept);
    }

    private RealMachine Machine(X509Certificate2 certificate) => new(Options(certificate, ours.Authorities));

    private static RealMachineOptions Options(X509Certificate2 certificate, X509Certificate2Collection authorities) => new()
    {
        Name = "m",
        Tls = new TlsOptions { Certificates = new GivenCertificates(certificate, authorities) },
    };

    private sealed class RollingCertificates : ICertificateSource
    {
        public required CertificateSet Current { get; set; }
    }
}
