using System.Text;
using Quorate.Cli.Scenarios.Violations;
using Quorate.Cli.Scenarios.Workloads;
using Quorate.Services.Coordination;

namespace Quorate.Scenarios.Simulation;

/// <summary>What the watch scenario takes for a loss, and what not.</summary>
public sealed class EventLogTests
{
    private const long Target = 3;

    [Fact]
    public void A_write_after_the_target_is_no_loss_to_a_watcher_that_had_ended()
    {
        var truth = Log(2, 3, 4, 4, 5);
        Log(2, 3).Compare(truth, Target);
        Log(2, 3, 4, 4).Compare(truth, Target);
        truth.Compare(truth, Target);
    }

    [Fact]
    public void An_event_lost_before_the_end_is_a_loss() =>
        Refuses("event 1 of watcher is (3, put k 3)", Log(2, 3), Log(2, 2, 3));

    [Fact]
    public void An_event_lost_behind_the_target_is_a_loss_to_a_watcher_that_went_on() =>
        Refuses("event 2 of watcher is (5, put k 5)", Log(2, 3, 5), Log(2, 3, 4, 5));

    [Fact]
    public void Half_of_a_transaction_at_the_end_is_a_loss() =>
        Refuses("event 3 of watcher is missing", Log(2, 3, 4), Log(2, 3, 4, 4, 5));

    [Fact]
    public void An_event_doubled_at_the_end_is_found() =>
        Refuses("at the end, which watcher does not have", Log(2, 3, 3), Log(2, 3, 4));

    [Fact]
    public void A_watcher_that_did_not_reach_its_target_is_found() =>
        Refuses("ended at revision 2, before its target 3", Log(2), Log(2, 3));

    [Fact]
    public void Progress_beyond_what_was_told_is_found_even_after_the_target()
    {
        var log = Log(2, 3);
        log.Add(new WatchMessage(WatchMessageKind.Progress, new ResponseHeader(1, 1, 4, 1), -1, []));
        Refuses("was told that it knew all up to 4", log, Log(2, 3, 4));
        log.Compare(Log(2, 3, 5), Target);
    }

    private static void Refuses(string reason, EventLog log, EventLog truth) =>
        Assert.Contains(reason, Assert.Throws<ViolationException>(() => log.Compare(truth, Target)).Message, StringComparison.Ordinal);

    /// <summary>A log that was told of one event for each of these revisions; equal ones came in one message.</summary>
    private static EventLog Log(params long[] revisions)
    {
        var log = new EventLog("watcher");
        foreach (var message in revisions.GroupBy(r => r))
            log.Add(new WatchMessage(
                WatchMessageKind.Events, new ResponseHeader(1, 1, message.Key, 1), 0, [.. message.Select(Put)]));
        return log;
    }

    private static WatchEvent Put(long revision)
    {
        var value = Encoding.UTF8.GetBytes(revision.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return new WatchEvent(false, new KeyValue("k"u8.ToArray(), 1, revision, 1, value, 0), null);
    }
}
