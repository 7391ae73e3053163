using System.Buffers;
using System.Buffers.Binary;
using Quorate.Kernel.Machines;
using Quorate.Services.Dns.Serving;
using Quorate.Services.Dns.Wire;
using Shared.Hostile;

namespace Quorate.Tests.Services.Dns.Serving;

public sealed class DnsServerTests : IDisposable
{
    private readonly DnsWorld world = new();
    private readonly FixedZone zone = new();

    public DnsServerTests()
    {
        for (var i = 0; i < 100; i++)
            zone.Add("many.zone.test", $"10.0.0.{i}");
        zone.Add("a.zone.test", "10.0.0.1");
    }

    public void Dispose() => world.Dispose();

    [Fact]
    public void Queries_on_one_connection_are_answered_in_order_however_they_are_cut_RFC_7766()
    {
        world.Serve("ns", zone);
        world.Run(async machine =>
        {
            await using var connection = await machine.Network.ConnectAsync(new NetworkAddress("ns", DnsWorld.Port));
            var bytes = Enumerable.Range(0, 50).SelectMany(i => Framed((ushort)i, i % 2 == 0 ? "many.zone.test" : "a.zone.test")).ToArray();
            foreach (var part in bytes.Chunk(17))
            {
                await connection.Output.WriteAsync(part);
                await Task.Delay(TimeSpan.FromMilliseconds(1), machine.Clock);
            }

            for (var i = 0; i < 50; i++)
            {
                var response = await ReadAsync(connection);
                Assert.Equal((i, i % 2 == 0 ? 100 : 1, false), (response!.Id, response.Answers.Count, response.IsTruncated));
            }
        });
    }

    [Fact]
    public void A_flood_of_queries_on_one_connection_is_answered_piece_by_piece()
    {
        world.Serve("ns", zone);
        world.Run(async machine =>
        {
            await using var connection = await machine.Network.ConnectAsync(new NetworkAddress("ns", DnsWorld.Port));
            var flood = Enumerable.Range(0, 2000).SelectMany(i => Framed((ushort)i, "many.zone.test")).ToArray();
            var sending = connection.Output.WriteAsync(flood).AsTask();
            for (var i = 0; i < 2000; i++)
                Assert.Equal(i, (await ReadAsync(connection))!.Id);
            await sending;
        });
    }

    [Fact]
    public void An_idle_connection_is_closed_and_a_busy_one_is_not()
    {
        world.Serve("ns", zone, o => o with { IdleMax = TimeSpan.FromSeconds(4) });
        world.Run(async machine =>
        {
            var idle = await machine.Network.ConnectAsync(new NetworkAddress("ns", DnsWorld.Port));
            var busy = await machine.Network.ConnectAsync(new NetworkAddress("ns", DnsWorld.Port));
            for (ushort i = 0; i < 10; i++)
            {
                await busy.Output.WriteAsync(Framed(i, "a.zone.test"));
                Assert.Equal(i, (await ReadAsync(busy))!.Id);
                await Task.Delay(TimeSpan.FromSeconds(1), machine.Clock);
            }

            await Assert.ThrowsAnyAsync<IOException>(async () => await idle.Input.ReadAsync());
        });
    }

    [Fact]
    public void Connections_are_bounded_and_one_that_ends_makes_room()
    {
        world.Serve("ns", zone, o => o with { ConnectionsMax = 2 });
        world.Run(async machine =>
        {
            var address = new NetworkAddress("ns", DnsWorld.Port);
            var first = await machine.Network.ConnectAsync(address);
            await using var second = await machine.Network.ConnectAsync(address);
            await Task.Delay(TimeSpan.FromSeconds(1), machine.Clock);
            Assert.False(await IsServedAsync(await machine.Network.ConnectAsync(address)));
            Assert.True(await IsServedAsync(second));
            await first.DisposeAsync();
            await Task.Delay(TimeSpan.FromSeconds(1), machine.Clock);
            Assert.True(await IsServedAsync(await machine.Network.ConnectAsync(address)));
        });
    }

    [Theory]
    [InlineData("1001", "a query of more than 4,096 bytes")]
    [InlineData("0003010203", "no query")]
    public void What_is_no_query_ends_its_connection(string bytes, string what)
    {
        world.Serve("ns", zone);
        world.Run(async machine =>
        {
            var connection = await machine.Network.ConnectAsync(new NetworkAddress("ns", DnsWorld.Port));
            await connection.Output.WriteAsync(Convert.FromHexString(bytes));
            try
            {
                Assert.True((await connection.Input.ReadAsync()).IsCompleted, what);
            }
            catch (IOException)
            {
                // Reset, which is an end too.
            }
        });
    }

    [Fact]
    public void Beyond_the_rate_half_get_nothing_and_half_a_cut_answer()
    {
        world.Serve("ns", zone, o => o with { ResponsesPerSecondMax = 10 });
        world.Run(async machine =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), machine.Clock);
            await using var socket = await machine.Network.BindAsync(new NetworkAddress(machine.Name, 0));
            for (ushort i = 0; i < 50; i++)
                socket.Send(new NetworkAddress("ns", DnsWorld.Port), Framed(i, "a.zone.test").AsSpan(2));
            var (full, cut) = (0, 0);
            for (var i = 0; i < 30; i++)
                _ = MessageReader.Read((await socket.ReceiveAsync()).Payload.Span).IsTruncated ? cut++ : full++;
            Assert.Equal((10, 20), (full, cut));
            Assert.Equal(50, world.Servers["ns"].Queries);
        });
    }

    [Fact]
    public void Settings_out_of_bounds_are_refused() => world.Run(async machine =>
    {
        var options = new DnsServerOptions { Listen = new NetworkAddress(machine.Name, DnsWorld.Port) };
        foreach (var wrong in new[]
        {
            options with { DatagramBytesMax = 511 }, options with { DatagramBytesMax = 4097 }, options with { ConnectionsMax = 0 },
            options with { IdleMax = TimeSpan.Zero }, options with { ResponsesPerSecondMax = -1 },
        })
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => DnsServer.StartAsync(machine, wrong, zone));
    });

    private static async Task<bool> IsServedAsync(IConnection connection)
    {
        try
        {
            await connection.Output.WriteAsync(Framed(1, "a.zone.test"));
            return await ReadAsync(connection) is not null;
        }
        catch (IOException)
        {
            return false;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Queries_that_are_wrong_end_at_most_their_connection(int seed)
    {
        world.Serve("ns", zone);
        var random = new Random(seed);
        world.Run(async machine =>
        {
            var server = new NetworkAddress("ns", DnsWorld.Port);
            await using var socket = await machine.Network.BindAsync(new NetworkAddress(machine.Name, 5353));
            for (var i = 0; i < 500; i++)
            {
                var right = Framed((ushort)i, "many.zone.test");
                socket.Send(server, Mutation.Of(right[2..], right, random));
                if (i % 10 != 0)
                    continue;
                await using var connection = await machine.Network.ConnectAsync(server);
                await connection.Output.WriteAsync(Mutation.Of(right, right, random));
                await connection.Output.CompleteAsync();
            }

            await Task.Delay(TimeSpan.FromSeconds(1), machine.Clock);
            await using var last = await machine.Network.ConnectAsync(server);
            Assert.True(await IsServedAsync(last));
        });
    }

    private static byte[] Framed(ushort id, string name)
    {
        var query = new DnsMessage { Id = id, Questions = [new DnsQuestion(DomainName.Parse(name), RecordType.A)] };
        var bytes = new MessageWriter().Write(query, DnsMessage.BytesMax).ToArray();
        return [(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
    }

    private static async Task<DnsMessage?> ReadAsync(IConnection connection)
    {
        while (true)
        {
            var read = await connection.Input.ReadAsync();
            if (read.Buffer.Length >= 2)
            {
                int length = BinaryPrimitives.ReadUInt16BigEndian(read.Buffer.Slice(0, 2).ToArray());
                if (read.Buffer.Length >= 2 + length)
                {
                    var message = MessageReader.Read(read.Buffer.Slice(2, length).ToArray());
                    connection.Input.AdvanceTo(read.Buffer.GetPosition(2 + length));
                    return message;
                }
            }

            if (read.IsCompleted)
                return null;
            connection.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
