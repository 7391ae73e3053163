using FsCheck;
using FsCheck.Fluent;
using Quorate.Checking.Histories;
using Quorate.Checking.Histories.Formats;

namespace Quorate.Tests.Checking.Histories;

public sealed class HistoryPropertyTests
{
    [Fact]
    public void What_is_written_as_JSON_reads_back_as_the_same_operations() => Prop.ForAll<EventCase[]>(cases =>
    {
        var events = cases.SelectMany((given, process) => given.ToEvents(process)).ToArray();
        var text = new StringWriter();
        HistoryWriter.WriteJsonLines(events, text);
        var read = HistoryReader.Read(text.ToString(), HistoryFormat.Json).Operations;
        return read.Select(o => o with { InvokedLine = 0, CompletedLine = 0 }).SequenceEqual(History.FromEvents(events).Operations);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_text_reads_as_a_history_or_is_refused_with_its_place() => Prop.ForAll<NonNull<string>, HistoryFormat>((text, format) =>
    {
        try
        {
            HistoryReader.Read(text.Get, format);
        }
        catch (HistoryFormatException e)
        {
            return e.Line > 0;
        }

        return true;
    }).QuickCheckThrowOnFailure();

    public enum Shape
    {
        Nil,
        Boolean,
        Integer,
        Real,
        Text,
    }

    public sealed record Leaf(Shape Shape, long Number, NormalFloat Real, NonNull<string> Text)
    {
        internal HistoryValue ToValue() => Shape switch
        {
            Shape.Boolean => HistoryValue.Of(Number > 0),
            Shape.Integer => HistoryValue.Of(Number),
            Shape.Real => HistoryValue.Of(Real.Get),
            Shape.Text => HistoryValue.Of(Clean(Text)),
            _ => HistoryValue.Nil,
        };

        // Half a surrogate pair is no character, and JSON cannot hold it.
        internal static string Clean(NonNull<string> text) => new(text.Get.Where(c => !char.IsSurrogate(c)).ToArray());
    }

    public sealed record Branch(Leaf[] Items, bool IsMap, bool IsLeaf)
    {
        internal HistoryValue ToValue()
        {
            if (IsLeaf && Items.Length > 0)
                return Items[0].ToValue();
            var items = Items.Select(i => i.ToValue());
            return IsMap
                ? HistoryValue.Map(items.SelectMany((item, i) => new[] { HistoryValue.Of($"k{i}"), item }).ToArray())
                : HistoryValue.List(items.ToArray());
        }
    }

    public sealed record EventCase(NonNull<string> Function, Branch Key, Branch Input, Branch Output, HistoryEventType End)
    {
        internal IEnumerable<HistoryEvent> ToEvents(int process)
        {
            var invoke = new HistoryEvent(HistoryEventType.Invoke, process, Leaf.Clean(Function), Key.ToValue(), Input.ToValue());
            yield return invoke;
            if (End != HistoryEventType.Invoke)
                yield return invoke with { Type = End, Value = Output.ToValue() };
        }
    }
}
