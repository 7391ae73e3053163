using Quorate.Simulation.Faults;
using Quorate.Simulation.Ordering;
using Quorate.Simulation.Schedules;

namespace Quorate.Tests.Simulation.Schedules;

public sealed class ScheduleFormatTests
{
    // Golden: version 3 of the format, as docs/formats.md gives it.
    private const string Golden = """
        {
          "format": "quorate-schedule",
          "version": 3,
          "scenario": "raft-kv",
          "seed": 18446744073709551615,
          "chance": 3,
          "chanceBy": "moment",
          "order": "priorities 2 100000",
          "horizon": "00:00:12.5000000",
          "machines": 3,
          "faults": [
            { "at": "00:00:01.2500000", "kind": "Partition", "for": "00:00:03", "targets": ["n1"], "others": ["n2", "n3"] },
            { "at": "00:00:02", "kind": "Loss", "for": "00:00:01", "amount": 0.125 }
          ],
          "operations": [
            { "client": "kv-0", "ordinal": 5, "at": "00:00:01.2000001" }
          ]
        }

        """;

    private static Schedule Sample => new("raft-kv", ulong.MaxValue)
    {
        Chance = 3,
        ChanceIsByMoment = true,
        Order = StepOrder.Priorities(),
        Horizon = TimeSpan.FromSeconds(12.5),
        Machines = 3,
        Faults =
        [
            new(FaultKind.Partition, TimeSpan.FromSeconds(1.25), TimeSpan.FromSeconds(3)) { Targets = ["n1"], Others = ["n2", "n3"] },
            new(FaultKind.Loss, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1)) { Amount = 0.125 },
        ],
        Operations = [new("kv-0", 5, new TimeSpan(12_000_001))],
    };

    [Fact]
    public void The_text_of_a_schedule_is_frozen() => Assert.Equal(Golden, ScheduleWriter.ToText(Sample));

    [Fact]
    public void What_was_written_is_read_again() => Assert.Equal(Golden, ScheduleWriter.ToText(ScheduleReader.Parse(Golden)));

    [Fact]
    public void A_file_of_version_1_is_read_and_stays_one()
    {
        var old = Golden.Replace("\"version\": 3", "\"version\": 1").Replace("  \"chanceBy\": \"moment\",\n", "");
        var read = ScheduleReader.Parse(old);
        Assert.Equal((1, false), (read.Version, read.ChanceIsByMoment));
        Assert.Equal(old, ScheduleWriter.ToText(read));
    }

    [Fact]
    public void The_shortest_schedule_has_no_optional_field()
    {
        var text = ScheduleWriter.ToText(new Schedule("s", 1));
        var read = ScheduleReader.Parse(text);
        Assert.Null(read.Operations);
        Assert.Equal((null, null, StepOrder.Drawn, 0), (read.Horizon, read.Machines, read.Order, read.Faults.Count));
        Assert.Equal(text, ScheduleWriter.ToText(read));
    }

    [Theory]
    [InlineData("\"version\": 3", "\"version\": 4", "Version 4 is not known here; versions 1 to 3 are")]
    [InlineData("\"moment\"", "\"day\"", "'chanceBy' is 'day'")]
    [InlineData("quorate-schedule", "other", "'format' is 'other'")]
    [InlineData("\"seed\": 18446744073709551615", "\"seed\": -1", "the schedule: 'seed' is not a whole number from 0")]
    [InlineData("\"seed\"", "\"sead\"", "'seed' is not there")]
    [InlineData("\"chance\": 3", "\"chance\": 3, \"colour\": 1", "a field 'colour', which is not known")]
    [InlineData("\"chance\": 3", "\"chance\": 3, \"chance\": 3", "Not JSON")]
    [InlineData("\"kind\": \"Partition\"", "\"kind\": \"Partytion\"", "faults[0]: there is no kind of fault 'Partytion'")]
    [InlineData("\"kind\": \"Partition\"", "\"kind\": \"1\"", "there is no kind of fault '1'")]
    [InlineData("\"kind\": \"Partition\"", "\"kind\": \"Clog\"", "faults[0]: Clog names 1 targets and 2 others: they are pairs")]
    [InlineData("\"00:00:02\"", "\"2\"", "")]
    [InlineData("\"00:00:02\"", "2", "faults[1]: 'at' is not a text")]
    [InlineData("\"00:00:02\"", "\"-00:00:02\"", "faults[1]: 'at' is not a time")]
    [InlineData("0.125", "1.5", "faults[1]: the amount of Loss is from 0 to")]
    [InlineData("[\"n1\"]", "[1]", "faults[0]: 'targets' is not a text")]
    [InlineData("\"ordinal\": 5", "\"ordinal\": -5", "operations[0]: 'ordinal' is not a whole number from 0")]
    [InlineData("\"machines\": 3", "\"machines\": 0", "'machines' is at least 1")]
    [InlineData("priorities 2 100000", "random", "'order': 'random' is no order of steps")]
    [InlineData("\"operations\": [", "\"operations\": [1,", "operations[0] is not an object")]
    public void A_wrong_file_is_refused_and_the_place_is_named(string from, string to, string message)
    {
        Assert.Contains(from, Golden);
        var wrong = Golden.Replace(from, to, StringComparison.Ordinal);
        if (message.Length == 0)
            Assert.Equal(TimeSpan.FromDays(2), ScheduleReader.Parse(wrong).Faults[1].At);
        else
            Assert.Contains(message, Assert.Throws<ScheduleFormatException>(() => ScheduleReader.Parse(wrong)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_truncated_file_is_refused_at_every_length()
    {
        for (var length = 0; length < Golden.TrimEnd().Length; length++)
            Assert.Throws<ScheduleFormatException>(() => ScheduleReader.Parse(Golden[..length]));
    }
}
