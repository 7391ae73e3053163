using System.Diagnostics;
using System.Globalization;
using Quorate.Kernel.Machines;
using Quorate.Kernel.Strands;
using Quorate.Services.Replication;
using Quorate.Simulation;
using Quorate.Simulation.Faults;

namespace Quorate.Benchmarks.Simulation;

/// <summary>
/// <c>sim-replication</c>: how many seconds of a replicated group one core simulates in a second: five replicas on Raft, logs and
/// snapshots, each with a client that proposes 50 times a second, while everything that the simulator knows breaks.
/// </summary>
internal static class ReplicationBenchmark
{
    private const int Replicas = 5;
    private const int Seeds = 5;
    private const int CommandBytes = 64;
    private static readonly TimeSpan Simulated = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ThinkTime = TimeSpan.FromMilliseconds(20);

    public static int Run()
    {
        Measure(0);
        var rates = new List<double>();
        for (var seed = 1UL; seed <= Seeds; seed++)
            rates.Add(Measure(seed));
        rates.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"sim-replication: median {rates[Seeds / 2]:F0} simulated s/s of processor time (goal 100)"));
        return 0;
    }

    private static double Measure(ulong seed)
    {
        var commands = 0;
        using var world = new World(seed);
        var members = Enumerable.Range(1, Replicas).Select(i => new PeerMember($"n{i}", new NetworkAddress($"n{i}", 7000))).ToArray();
        foreach (var member in members)
            world.AddMachine(member.Name, (machine, stop) => ReplicateAsync(machine, members, () => commands++, stop));
        world.Inject(FaultPlan.All);
        var before = GC.GetTotalAllocatedBytes();
        using var self = Process.GetCurrentProcess();
        var start = self.TotalProcessorTime;
        world.Run(Simulated);
        self.Refresh();
        var seconds = (self.TotalProcessorTime - start).TotalSeconds;
        var bytes = (GC.GetTotalAllocatedBytes() - before) / (double)world.Events;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  seed {seed}: {Simulated.TotalSeconds / seconds:F0} simulated s/s, {commands} commands, {world.Events} events, "
            + $"{world.Events / seconds / 1e6:F2} M events/s, {bytes:F0} bytes allocated an event, "
            + $"{world.Machines.Sum(m => m.Boots)} boots"));
        return Simulated.TotalSeconds / seconds;
    }

    private static async Task ReplicateAsync(IMachine machine, PeerMember[] members, Action done, CancellationToken stop)
    {
        var strand = (Strand)SynchronizationContext.Current!;
        var options = new ReplicaHostOptions
        {
            NodeName = machine.Name,
            ClusterId = 1,
            PeerListen = new NetworkAddress(machine.Name, 7000),
            Members = members,
            CommandBytesMax = 128 << 10,
            LogSegmentBytes = 1 << 20,
            SnapshotEntries = 1000,
        };
        var host = await ReplicaHost.StartAsync(machine, strand, options, [new GroupSetup(1, new Counter(), null)], stop);
        _ = ProposeAsync(machine, host.Group(1), done);
        await host.Completion;
    }

    private static async Task ProposeAsync(IMachine machine, IReplicatedGroup group, Action done)
    {
        var command = new byte[CommandBytes];
        while (true)
        {
            await Task.Delay(ThinkTime, machine.Clock);
            try
            {
                await group.ProposeAsync(command, default);
                done();
            }
            catch (ReplicationException)
            {
                // No leader, or not in time.
            }
        }
    }

    private sealed class Counter : IStateMachine
    {
        private long count;

        public byte[] Apply(long index, ReadOnlyMemory<byte> command) => BitConverter.GetBytes(++count);

        public IStateCut Cut() => new CounterCut(BitConverter.GetBytes(count));

        public async ValueTask RestoreAsync(IStateSource source, CancellationToken cancellationToken)
        {
            var bytes = new byte[sizeof(long)];
            await source.ReadAsync(bytes, cancellationToken);
            count = BitConverter.ToInt64(bytes);
        }
    }

    private sealed class CounterCut(byte[] bytes) : IStateCut
    {
        public ValueTask WriteAsync(IStateSink sink, CancellationToken cancellationToken) => sink.WriteAsync(bytes, cancellationToken);

        public void Dispose()
        {
        }
    }
}
