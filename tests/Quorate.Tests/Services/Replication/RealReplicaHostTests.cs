using System.Net.Sockets;
using System.Text;
using Quorate.Kernel.Machines;
using Quorate.Runtime.Machines;
using Quorate.Services.Replication;

namespace Quorate.Tests.Services.Replication;

[Trait("Speed", "Slow")]
public sealed class RealReplicaHostTests
{
    [Fact]
    public async Task Three_hosts_on_real_machines_apply_and_recover_what_was_answered()
    {
        var root = Directory.CreateTempSubdirectory("quorate-replication");
        try
        {
            var members = FreePorts.Some(3).Select((port, i) => new PeerMember($"n{i + 1}", new NetworkAddress("127.0.0.1", port))).ToArray();
            for (var round = 1; round <= 2; round++)
            {
                var nodes = await Task.WhenAll(members.Select(member => RealNode.StartAsync(root.FullName, member, members)));
                var replies = await Task.WhenAll(nodes.SelectMany(
                    node => Enumerable.Range(0, 50).Select(i => node.ProposeAsync($"{round}/{node.Name}/{i}"))));
                Assert.All(replies, reply => Assert.EndsWith("=1", reply));
                foreach (var node in nodes)
                {
                    await node.BarrierAsync();
                    Assert.Equal(150 * round, node.Tally.Order.Count);
                }

                foreach (var node in nodes)
                    await node.DisposeAsync();
            }
        }
        finally
        {
            root.Delete(true);
        }
    }

    private sealed class RealNode(
        RealMachine machine, Quorate.Kernel.Strands.Strand strand, ReplicaHost host, TallyMachine tally, string name) : IAsyncDisposable
    {
        public string Name { get; } = name;

        public TallyMachine Tally { get; } = tally;

        public static async Task<RealNode> StartAsync(string root, PeerMember member, PeerMember[] members)
        {
            var machine = new RealMachine(new RealMachineOptions { Name = member.Name, DataFolder = Path.Combine(root, member.Name) });
            var strand = machine.CreateStrand("host");
            var tally = new TallyMachine();
            var options = new ReplicaHostOptions
            {
                NodeName = member.Name,
                ClusterId = 5,
                PeerListen = member.PeerAddress,
                Members = members,
            };
            var host = await ReplicaHost.StartAsync(machine, strand, options, [new GroupSetup(1, tally)], default);
            return new RealNode(machine, strand, host, tally, member.Name);
        }

        public async Task<string> ProposeAsync(string command) => Encoding.UTF8.GetString(
            await strand.InvokeAsync(() => host.Group(1).ProposeAsync(Encoding.UTF8.GetBytes(command), default).AsTask()));

        public Task BarrierAsync() => strand.InvokeAsync(() => host.Group(1).ReadBarrierAsync(default).AsTask());

        public async ValueTask DisposeAsync()
        {
            await host.DisposeAsync();
            await machine.DisposeAsync();
        }
    }
}
