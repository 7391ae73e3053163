using Quorate.Simulation;
using Quorate.Simulation.Clocks;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Models;

namespace Quorate.Tests.Simulation.Faults;

/// <summary>The promise of each of the textbooks' models.</summary>
[Trait("Speed", "Slow")]
public sealed class SystemModelTests
{
    private const int Machines = 4;
    private static readonly TimeSpan UnderFaults = TimeSpan.FromSeconds(60);

    [Fact]
    public void Fair_loss_links_lose_and_double_but_what_is_sent_again_arrives_and_nothing_is_made_up()
    {
        using var world = Run(LinkModel.FairLoss, ProcessModel.Byzantine, TimingModel.Synchronous);
        var sent = world.Heard.GroupBy(h => (h.From, h.To, h.Number)).ToList();
        Assert.Contains(sent, g => g.Count() > 1);
        Assert.All(sent.GroupBy(g => (g.Key.From, g.Key.To)), way => Assert.True(way.Count() < way.Max(g => g.Key.Number)));
        Assert.Equal(Machines * (Machines - 1), sent.Select(g => (g.Key.From, g.Key.To)).Distinct().Count());
        Assert.All(world.Heard, h => Assert.True(h.IsWhole));
    }

    [Theory]
    [InlineData(TimingModel.Synchronous)]
    [InlineData(TimingModel.Asynchronous)]
    public void Reliable_links_deliver_every_message_exactly_once(TimingModel timing)
    {
        using var world = Run(LinkModel.Reliable, ProcessModel.Byzantine, timing);
        foreach (var way in world.Heard.GroupBy(h => (h.From, h.To)))
        {
            var numbers = way.Select(h => h.Number).Where(n => n < 5000).Order().ToList();
            Assert.Equal(Enumerable.Range((int)numbers[0], numbers.Count).Select(n => (long)n), numbers);
            Assert.True(numbers.Count > 4000, $"{way.Key}: {numbers.Count}");
        }
    }

    [Fact]
    public void What_comes_over_an_authenticated_link_was_sent_by_the_machine_that_it_names_unchanged()
    {
        var model = new SystemModel(LinkModel.Authenticated, ProcessModel.CrashRecovery, TimingModel.Synchronous);
        using var world = new PingWorld(Machines, model.Options);
        world.During(world.Fault(FaultKind.Corruption, 5) with { Amount = 0.3 }, 5);
        Assert.All(world.Heard, h => Assert.True(h.IsWhole));
        Assert.Equal(Machines * (Machines - 1), world.Pairs().Count);
    }

    [Fact]
    public void With_crash_stop_a_minority_stops_and_stays_so_whatever_heals()
    {
        using var world = Run(LinkModel.Reliable, ProcessModel.CrashStop, TimingModel.Synchronous);
        Assert.Equal(1, world.Machines.Count(m => !m.IsUp));
        Assert.All(world.Machines, m => Assert.Equal(1, m.Boots));
    }

    [Fact]
    public void With_crash_recovery_machines_come_back()
    {
        using var world = Run(LinkModel.Reliable, ProcessModel.CrashRecovery, TimingModel.Synchronous);
        Assert.All(world.Machines, m => Assert.True(m.IsUp));
        Assert.True(world.Machines.Sum(m => m.Boots) > Machines + 3);
    }

    [Fact]
    public void Less_than_a_third_are_traitors()
    {
        var model = new SystemModel(LinkModel.Reliable, ProcessModel.Byzantine, TimingModel.Synchronous);
        using var world = new PingWorld(Machines, model.Options);
        foreach (var machine in world.Machines)
            world.World.Network.SetRewriter(machine.Name, message =>
            {
                message.Bytes[40] = 1;
                return message.Bytes;
            });
        world.World.Inject(model.Plan);
        world.World.Run(UnderFaults);
        Assert.Single(world.Heard.Where(h => !h.IsWhole).Select(h => h.From).Distinct());
    }

    [Fact]
    public void In_a_synchronous_system_messages_and_clocks_keep_their_bound()
    {
        var delta = TimeSpan.FromMilliseconds(10);
        using var world = Run(LinkModel.FairLoss, ProcessModel.CrashRecovery, TimingModel.Synchronous, (clock, now) =>
            Assert.True((clock.UtcNow - SimulatedClock.Epoch - now).Duration() <= delta));
        Assert.True(world.Heard.Max(h => h.Arrived - h.Sent) <= delta);
    }

    [Fact]
    public void In_a_partially_synchronous_system_the_bound_holds_once_the_world_is_healed()
    {
        var delta = TimeSpan.FromMilliseconds(10);
        using var world = Run(LinkModel.Reliable, ProcessModel.CrashRecovery, TimingModel.PartiallySynchronous);
        var stable = world.World.Now - TimeSpan.FromSeconds(9);
        Assert.True(world.Heard.Max(h => h.Arrived - h.Sent) > delta * 10);
        Assert.True(world.Heard.Where(h => h.Sent > stable).Max(h => h.Arrived - h.Sent) <= delta);
    }

    [Fact]
    public void In_an_asynchronous_system_no_bound_holds_even_without_faults()
    {
        var model = new SystemModel(LinkModel.Reliable, ProcessModel.CrashRecovery, TimingModel.Asynchronous);
        using var world = new PingWorld(Machines, model.Options);
        world.World.Run(TimeSpan.FromSeconds(20));
        Assert.True(world.Heard.Max(h => h.Arrived - h.Sent) > model.Delta * 50);
    }

    private static PingWorld Run(
        LinkModel links, ProcessModel processes, TimingModel timing, Action<SimulatedClock, TimeSpan>? look = null)
    {
        var model = new SystemModel(links, processes, timing);
        var world = new PingWorld(Machines, model.Options, seed: 7);
        world.World.Inject(model.Plan with { IntervalMax = TimeSpan.FromSeconds(3) });
        for (var i = 0; i < 60; i++)
        {
            world.World.Run(UnderFaults / 60);
            foreach (var machine in world.Machines)
                look?.Invoke(machine.Clock, world.World.Now);
        }
        world.World.Heal();
        world.World.Run(TimeSpan.FromSeconds(10));
        return world;
    }
}
