using System.Diagnostics;
using System.Net.Sockets;
using Quorate.Kernel.Machines;
using Quorate.Kernel.Strands;
using Quorate.Runtime.Machines;
using Quorate.Services.Replication;

namespace Quorate.Benchmarks.Replication;

/// <summary>
/// `embedded-puts [INFLIGHT] [SECONDS] [follower]`: three nodes in this process over loopback, each with its own files; commands of 256
/// bytes, each on the disks of a majority before its answer.
/// </summary>
public static class EmbeddedPuts
{
    public static async Task<int> Run(string[] args)
    {
        var inflight = args.Length > 0 ? int.Parse(args[0]) : 1000;
        var seconds = args.Length > 1 ? double.Parse(args[1]) : 5;
        var atFollower = args.Length > 2 && args[2] == "follower";
        var root = Directory.CreateTempSubdirectory("quorate-bench");
        var members = FreePorts.Some(3).Select((port, i) => new PeerMember($"n{i + 1}", new NetworkAddress("127.0.0.1", port))).ToArray();
        var nodes = new List<(RealMachine Machine, Strand Strand, ReplicaHost Host)>();
        try
        {
            foreach (var member in members)
                nodes.Add(await StartAsync(root.FullName, member, members));
            while (!nodes.Any(node => node.Host.Group(1).IsLeader))
                await Task.Delay(20);
            var (_, strand, host) = nodes.First(node => node.Host.Group(1).IsLeader != atFollower);
            await Measure(strand, host.Group(1), inflight, TimeSpan.FromSeconds(1));
            var (cpu, allocated) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes());
            var (count, elapsed) = await Measure(strand, host.Group(1), inflight, TimeSpan.FromSeconds(seconds));
            (cpu, allocated) = (Environment.CpuUsage.TotalTime - cpu, GC.GetTotalAllocatedBytes() - allocated);
            Console.WriteLine($"embedded-puts: {count / elapsed.TotalSeconds:n0} durable puts/s, mean {elapsed.TotalMilliseconds * inflight / count:n2} ms, "
                + $"{inflight} in flight, 256 bytes, at the {(atFollower ? "follower" : "leader")}; "
                + $"client and all nodes: {cpu.TotalMicroseconds / count:n1} us of CPU and {allocated / count:n0} bytes allocated a put");
            return 0;
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.Host.DisposeAsync();
                await node.Machine.DisposeAsync();
            }

            root.Delete(true);
        }
    }

    private static async Task<(long Count, TimeSpan Elapsed)> Measure(Strand strand, IReplicatedGroup group, int inflight, TimeSpan time)
    {
        var watch = Stopwatch.StartNew();
        var counts = await strand.InvokeAsync(() => Task.WhenAll(Enumerable.Range(0, inflight).Select(_ => PutAsync(group, watch, time))));
        return (counts.Sum(), watch.Elapsed);
    }

    private static async Task<long> PutAsync(IReplicatedGroup group, Stopwatch watch, TimeSpan time)
    {
        var command = new byte[256];
        var count = 0L;
        for (; watch.Elapsed < time; count++)
            await group.ProposeAsync(command, default);
        return count;
    }

    private static async Task<(RealMachine Machine, Strand Strand, ReplicaHost Host)> StartAsync(string root, PeerMember member, PeerMember[] members)
    {
        var machine = new RealMachine(new RealMachineOptions { Name = member.Name, DataFolder = Path.Combine(root, member.Name) });
        var strand = machine.CreateStrand("host");
        var options = new ReplicaHostOptions { NodeName = member.Name, ClusterId = 5, PeerListen = member.PeerAddress, Members = members };
        return (machine, strand, await ReplicaHost.StartAsync(machine, strand, options, [new GroupSetup(1, new CountingMachine())], default));
    }

    /// <summary>The cheapest state machine: what is measured is the host.</summary>
    private sealed class CountingMachine : IStateMachine
    {
        private static readonly byte[] Done = [1];
        private long count;

        public byte[] Apply(long index, ReadOnlyMemory<byte> command)
        {
            count++;
            return Done;
        }

        public IStateCut Cut() => new CountCut(count);

        public async ValueTask RestoreAsync(IStateSource source, CancellationToken cancellationToken)
        {
            var bytes = new byte[sizeof(long)];
            await source.ReadAsync(bytes, cancellationToken);
            count = BitConverter.ToInt64(bytes);
        }

        private sealed class CountCut(long count) : IStateCut
        {
            public ValueTask WriteAsync(IStateSink sink, CancellationToken cancellationToken) =>
                sink.WriteAsync(BitConverter.GetBytes(count), cancellationToken);

            public void Dispose()
            {
            }
        }
    }
}
