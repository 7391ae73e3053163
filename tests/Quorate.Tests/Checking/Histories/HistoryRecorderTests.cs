using Quorate.Checking.Histories;
using Quorate.Checking.Histories.Formats;

namespace Quorate.Tests.Checking.Histories;

public sealed class HistoryRecorderTests
{
    [Fact]
    public void What_is_recorded_is_written_and_read_back_the_same()
    {
        var recorder = new HistoryRecorder();
        Assert.True(recorder.TryInvoke(1, "put", HistoryValue.Of("k\n"), HistoryValue.Of("v")));
        Assert.True(recorder.TryInvoke(2, "txn", null, HistoryValue.List(HistoryValue.List(HistoryValue.Of("get"), HistoryValue.Of("k"), HistoryValue.Nil))));
        recorder.Complete(1, HistoryEventType.Unknown, HistoryValue.Nil, "timed out");
        recorder.Complete(2, HistoryEventType.Ok, HistoryValue.List(HistoryValue.Of(1.0), HistoryValue.True, HistoryValue.Map([HistoryValue.Of("a"), HistoryValue.Nil])));
        Assert.True(recorder.TryInvoke(3, "get", HistoryValue.Of("k"), HistoryValue.Nil));
        var text = new StringWriter();
        HistoryWriter.WriteJsonLines(recorder.ToEvents(), text);
        var read = HistoryReader.Read(text.ToString(), HistoryReader.Detect("history.txt", text.ToString()));
        var expected = recorder.ToHistory().Operations;
        Assert.Equal(expected, read.Operations.Select(o => o with { InvokedLine = 0, CompletedLine = 0 }));
        Assert.Equal([HistoryOutcome.Unknown, HistoryOutcome.Ok, HistoryOutcome.Unknown], expected.Select(o => o.Outcome));
    }

    [Fact]
    public void A_full_recorder_takes_no_more_invocations_but_every_completion()
    {
        var recorder = new HistoryRecorder(eventsMax: 5);
        Assert.True(recorder.TryInvoke(1, "get", null, HistoryValue.Nil));
        Assert.True(recorder.TryInvoke(2, "get", null, HistoryValue.Nil));
        Assert.False(recorder.TryInvoke(3, "get", null, HistoryValue.Nil));
        recorder.Complete(1, HistoryEventType.Ok, HistoryValue.Nil);
        recorder.Complete(2, HistoryEventType.Ok, HistoryValue.Nil);
        Assert.False(recorder.TryInvoke(1, "get", null, HistoryValue.Nil));
        Assert.Equal(4, recorder.Count);
    }

    [Fact]
    public void A_process_does_one_thing_at_a_time()
    {
        var recorder = new HistoryRecorder();
        Assert.Throws<InvalidOperationException>(() => recorder.Complete(1, HistoryEventType.Ok, HistoryValue.Nil));
        recorder.TryInvoke(1, "get", null, HistoryValue.Nil);
        Assert.Throws<InvalidOperationException>(() => recorder.TryInvoke(1, "get", null, HistoryValue.Nil));
    }
}
