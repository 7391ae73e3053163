using Quorate.Services.Replication.Peers;
using Quorate.Services.Replication.Timing;
using Quorate.Tests.Services.Coordination;

namespace Quorate.Tests.Services.Replication;

/// <summary>What strangers can make a node log is bounded.</summary>
public sealed class StrangerLogTests
{
    [Fact]
    public void A_flood_is_a_few_lines_a_minute_and_a_count()
    {
        var machine = new ManualMachine();
        var log = new StrangerLog(machine, new MonotonicClock(machine.Clock));
        for (var i = 0; i < 1000; i++)
            log.Warn($"stranger {i}");
        Assert.Equal(Enumerable.Range(0, StrangerLog.LinesMax).Select(i => $"stranger {i}"), machine.Said);
        machine.Said.Clear();
        machine.Advance(TimeSpan.FromMinutes(1));
        log.Warn("another");
        log.Warn("and another");
        Assert.Equal([$"{1000 - StrangerLog.LinesMax} more connections were refused or ended, and are not named here.", "another", "and another"], machine.Said);
    }
}
