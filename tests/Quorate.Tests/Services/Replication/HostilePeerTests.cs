using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;
using Quorate.Protocols.Raft;
using Quorate.Services.Replication.Peers;
using Quorate.Simulation;
using Shared.Hostile;

namespace Quorate.Tests.Services.Replication;

/// <summary>Strangers at the peers' port: they are cut off, and peers come through.</summary>
public sealed class HostilePeerTests
{
    private const int Strangers = 1100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public void Strangers_that_say_nothing_do_not_keep_a_peer_out()
    {
        using var world = new World(1);
        var (one, other) = Pair(world);
        var connected = 0;
        world.AddClient("stranger", async (machine, stop) =>
        {
            // Who is cut off comes again.
            await Task.WhenAll(Enumerable.Range(0, Strangers).Select(async _ =>
            {
                while (!stop.IsCancellationRequested)
                {
                    var connection = await machine.Network.ConnectAsync(other.Address, stop);
                    connected++;
                    await EndAsync(connection);
                    await Task.Delay(Pause, machine.Clock, stop);
                }
            }));
        });
        Assert.True(world.RunUntil(() => connected > Strangers, Limit));
        one.Do(t => t.SetPeer(other.Id, other.Address));
        // Sooner than those that hold the places would lose them by the time that a greeting may take.
        Assert.True(world.RunUntil(() => one.Transport!.IsUp(other.Id), TimeSpan.FromSeconds(1)), $"{connected} strangers have connected");
        world.Run(TimeSpan.FromSeconds(1));
        Assert.True(one.Transport!.IsUp(other.Id), "and it stays");
    }

    [Fact]
    public void A_stranger_is_cut_off_who_says_nothing_or_names_a_long_frame()
    {
        using var world = new World(2);
        var (_, other) = Pair(world);
        var ends = new List<TimeSpan>();
        world.AddClient("stranger", async (machine, stop) =>
        {
            // The length of a frame that a peer may send, but not before it has said who it is.
            foreach (byte[] begin in (byte[][])[[], [0, 0, 8, 0, 1, 2, 3, 4], [1, 2, 3]])
            {
                var from = machine.Clock.GetTimestamp();
                var connection = await machine.Network.ConnectAsync(other.Address, stop);
                await connection.Output.WriteAsync(begin, stop);
                await EndAsync(connection);
                ends.Add(machine.Clock.GetElapsedTime(from));
            }
        });
        Assert.True(world.RunUntil(() => ends.Count == 3, Limit));
        Assert.All(ends, end => Assert.True(end < TimeSpan.FromSeconds(4)));
        Assert.True(ends[1] < TimeSpan.FromSeconds(1), $"a long frame is refused by its length: {ends[1]}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void First_frames_that_are_wrong_end_their_connection_and_no_other(int seed)
    {
        using var world = new World((ulong)seed);
        var (one, other) = Pair(world);
        one.Do(t => t.SetPeer(other.Id, other.Address));
        Assert.True(world.RunUntil(() => one.Transport!.IsUp(other.Id), Limit));
        var (random, done) = (new Random(seed), 0);
        world.AddClient("stranger", async (machine, stop) =>
        {
            for (; done < 300; done++)
            {
                var connection = await machine.Network.ConnectAsync(other.Address, stop);
                await connection.Output.WriteAsync(Wrong(other.Id, random), stop);
                await connection.Output.CompleteAsync();
                await EndAsync(connection);
            }
        });
        Assert.True(world.RunUntil(() => done == 300, TimeSpan.FromMinutes(30)), $"{done} of 300");
        one.Do(t =>
        {
            t.Send(other.Id, 1, new TimeoutNow(7), 64);
            t.Flush();
        });
        Assert.True(world.RunUntil(() => other.Arrived == 1, Limit));
    }

    private static (TransportNode One, TransportNode Other) Pair(World world)
    {
        var (one, other) = (new TransportNode(world, "n1"), new TransportNode(world, "n2"));
        Assert.True(world.RunUntil(() => one.Transport is not null && other.Transport is not null, Limit));
        return (one, other);
    }

    // Half of them with a right checksum, so that what is behind it is looked at.
    private static byte[] Wrong(NodeId called, Random random)
    {
        var right = new ByteWriter();
        new Handshake(random.Next(4) == 0 ? 2ul : 1ul, NodeId.FromName("x"), called, "x:1").Write(right, FrameKind.Hello);
        var right2 = right.WrittenSpan.ToArray();
        if (random.Next(2) == 0)
            return Mutation.Of(right2, right2, random);
        var (body, framed) = (Mutation.Of(right2[FrameCodec.HeaderBytes..], right2, random), new ByteWriter());
        framed.WriteUInt64(0);
        foreach (var b in body)
            framed.WriteByte(b);
        FrameCodec.End(framed, 0);
        return framed.WrittenSpan.ToArray();
    }

    private static async Task EndAsync(IConnection connection)
    {
        try
        {
            while (await connection.Input.ReadAsync() is { IsCompleted: false } read)
                connection.Input.AdvanceTo(read.Buffer.End);
        }
        catch (IOException)
        {
            // Reset: an end, too.
        }

        connection.Abort();
        await connection.DisposeAsync();
    }
}
