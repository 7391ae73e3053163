using Quorate.Simulation.Faults;

namespace Quorate.Tests.Simulation.Faults;

/// <summary>Each fault of the network happens, and ends at its time.</summary>
[Trait("Speed", "Slow")]
public sealed class NetworkFaultTests
{
    [Fact]
    public void A_bridge_hears_both_halves_that_do_not_hear_each_other()
    {
        using var world = new PingWorld(5);
        var pairs = world.During(world.Fault(FaultKind.BridgedPartition) with { Targets = ["n1", "n2"], Others = ["n4", "n5"] });
        Assert.DoesNotContain("n1>n4", pairs);
        Assert.DoesNotContain("n5>n2", pairs);
        Assert.Superset(new HashSet<string> { "n1>n3", "n3>n1", "n3>n5", "n4>n3", "n1>n2", "n4>n5" }, pairs);
        Assert.Equal(20, world.Pairs().Count);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(7)]
    public void In_a_majority_ring_everyone_hears_a_majority_and_no_two_the_same(int count)
    {
        using var world = new PingWorld(count);
        var names = world.Machines.Select(m => m.Name).ToArray();
        var pairs = world.During(world.Fault(FaultKind.MajorityRing) with { Targets = names });
        var views = names.Select(n => names.Where(o => o == n || pairs.Contains($"{o}>{n}")).ToHashSet()).ToList();
        Assert.All(views, v => Assert.True(v.Count > count / 2 && v.Count < count, $"{v.Count} of {count}"));
        Assert.Equal(count, views.Select(v => string.Join(',', v.Order())).Distinct().Count());
        Assert.Equal(count * (count - 1), world.Pairs().Count);
    }

    [Fact]
    public void A_swizzle_clogs_one_by_one_and_unclogs_in_its_own_order()
    {
        using var world = new PingWorld(4);
        var swizzle = world.Fault(FaultKind.SwizzleClog, 4) with { Targets = ["n1", "n2"], Others = ["n2", "n1"] };
        var first = world.During(swizzle);
        Assert.DoesNotContain("n3>n1", first);
        Assert.Contains("n3>n2", first);
        var both = world.Pairs();
        Assert.DoesNotContain("n3>n1", both);
        Assert.DoesNotContain("n3>n2", both);
        var one = world.Pairs();
        Assert.DoesNotContain("n3>n1", one);
        Assert.Contains("n3>n2", one);
        Assert.Contains("n3>n1", world.Pairs());
        Assert.Equal(12, world.Pairs().Count);
    }

    [Fact]
    public void Corruption_flips_bits_of_datagrams_and_ends()
    {
        using var world = new PingWorld(3);
        world.During(world.Fault(FaultKind.Corruption) with { Amount = 0.2 });
        Assert.InRange(world.Heard.Count(h => !h.IsWhole) / (double)world.Heard.Count, 0.1, 0.3);
        world.Pairs();
        Assert.All(world.Heard, h => Assert.True(h.IsWhole));
    }

    [Fact]
    public void A_latency_spike_slows_the_ways_of_one_machine_for_its_time()
    {
        using var world = new PingWorld(3);
        world.During(world.Fault(FaultKind.LatencySpike) with { Targets = ["n1"], Amount = 0.4 });
        Assert.All(world.Heard.Where(h => h.Sent > TimeSpan.FromSeconds(1)), h => Assert.Equal(
            h.From == "n1" || h.To == "n1", h.Arrived - h.Sent >= TimeSpan.FromSeconds(0.4)));
        world.Pairs();
        world.Pairs();
        Assert.All(world.Heard, h => Assert.True(h.Arrived - h.Sent < TimeSpan.FromSeconds(0.1)));
    }

    [Fact]
    public void A_bandwidth_limit_lets_so_many_bytes_through_and_the_rest_wait()
    {
        using var world = new PingWorld(2);
        world.During(world.Fault(FaultKind.Bandwidth, 2) with { Targets = ["n1"], Amount = 2000 }, 2);
        Assert.InRange(world.Heard.Count(h => h.From == "n1") * 100 / 1.9, 1500, 2100);
        Assert.InRange(world.Heard.Count(h => h.From == "n2"), 180, 200);
        world.Pairs(5);
        world.Pairs();
        // All that is sent now arrives at once; what was held back still comes at the pace of before.
        Assert.InRange(world.Heard.Count(h => h.From == "n1"), 100, 115);
    }

    [Fact]
    public void A_half_open_connection_is_reset_only_when_the_believer_sends()
    {
        var world = new Quorate.Simulation.World(1);
        world.AddMachine("s", EchoWorld.ServeAsync);
        var (isReset, isOpen) = (false, false);
        world.AddClient("c", async (machine, ct) =>
        {
            await using var connection = await machine.Network.ConnectAsync(new("s", 7000), ct);
            await EchoWorld.AskAsync(connection, [1]);
            isOpen = true;
            await machine.Clock.Delay(TimeSpan.FromSeconds(10), ct);
            isReset = await Assert.ThrowsAnyAsync<IOException>(() => EchoWorld.AskAsync(connection, [2])) is not null;
            await using var again = await machine.Network.ConnectAsync(new("s", 7000), ct);
            Assert.Equal([3], await EchoWorld.AskAsync(again, [3]));
        });
        world.Run(TimeSpan.FromSeconds(5));
        Assert.True(isOpen);
        Assert.True(world.Strike(new FaultAction(FaultKind.HalfOpen, world.Now) { Targets = ["s"], Others = ["c"] }));
        world.Run(TimeSpan.FromSeconds(4));
        Assert.Equal((0, 1), (world.Network.ConnectionsOf("s"), world.Network.ConnectionsOf("c")));
        world.Run(TimeSpan.FromSeconds(10));
        Assert.True(isReset);
        Assert.True(world.Machines[1].HasFinished);
    }

    [Fact]
    public void A_traitors_messages_are_what_its_rewriter_makes_of_them()
    {
        using var world = new PingWorld(3);
        world.World.Network.SetRewriter("n1", message =>
        {
            if (message.To.Host == "n3")
                return null;
            message.Bytes[50] = 7;
            return message.Bytes;
        });
        Assert.Equal(6, world.Pairs().Count);
        world.World.Inject(FaultPlan.None with { TraitorsMax = _ => 1 });
        var pairs = world.During(world.Fault(FaultKind.Byzantine) with { Targets = ["n1"] });
        Assert.DoesNotContain("n1>n3", pairs);
        Assert.All(world.Heard, h => Assert.Equal(h.From != "n1", h.IsWhole));
        Assert.Equal(6, world.Pairs().Count);
        Assert.All(world.Heard, h => Assert.True(h.IsWhole));
    }

    [Fact]
    public void No_more_machines_turn_traitor_than_the_budget_allows()
    {
        using var world = new PingWorld(4);
        world.World.Inject(FaultPlan.None);
        foreach (var machine in world.Machines)
            world.World.Network.SetRewriter(machine.Name, _ => null);
        Assert.True(world.World.Strike(world.Fault(FaultKind.Byzantine) with { Targets = ["n2"] }));
        world.World.Run(TimeSpan.FromSeconds(2));
        Assert.False(world.World.Strike(world.Fault(FaultKind.Byzantine) with { Targets = ["n3"] }));
        Assert.True(world.World.Strike(world.Fault(FaultKind.Byzantine) with { Targets = ["n2"] }));
    }
}
