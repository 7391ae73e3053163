using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Quorate.Checking.Histories.Formats;

/// <summary>Writes a history as JSON lines, one event a line, as <see cref="HistoryReader"/> takes it.</summary>
/// <remarks>
/// Guarantee: what is written reads back as the same events; keywords become texts.
/// Cost: linear.
/// Fails when: the writer does.
/// Source: the field names of Jepsen's histories.
/// </remarks>
public static class HistoryWriter
{
    /// <summary>Writes events.</summary>
    /// <param name="events">The events.</param>
    /// <param name="output">Where to.</param>
    public static void WriteJsonLines(IEnumerable<HistoryEvent> events, TextWriter output)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        foreach (var e in events)
        {
            buffer.ResetWrittenCount();
            writer.Reset();
            WriteEvent(e, writer);
            writer.Flush();
            output.Write(Encoding.UTF8.GetString(buffer.WrittenSpan));
            output.Write('\n');
        }
    }

    private static void WriteEvent(HistoryEvent e, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type", e.Type == HistoryEventType.Unknown ? "info" : e.Type.ToString().ToLowerInvariant());
        writer.WriteNumber("process", e.Process);
        writer.WriteString("f", e.Function);
        if (e.Key is { } key)
        {
            writer.WritePropertyName("key");
            WriteValue(key, writer);
        }
        writer.WritePropertyName("value");
        WriteValue(e.Value, writer);
        if (e.Error is { } error)
            writer.WriteString("error", error);
        if (e.Time is { } time)
            writer.WriteNumber("time", time);
        writer.WriteEndObject();
    }

    private static void WriteValue(HistoryValue value, Utf8JsonWriter writer)
    {
        switch (value.Kind)
        {
            case HistoryValueKind.Nil:
                writer.WriteNullValue();
                break;
            case HistoryValueKind.Boolean:
                writer.WriteBooleanValue(value.AsBoolean() == true);
                break;
            case HistoryValueKind.Integer:
                writer.WriteNumberValue(value.AsInteger()!.Value);
                break;
            case HistoryValueKind.Real:
                WriteReal(value.AsReal()!.Value, writer);
                break;
            case HistoryValueKind.List:
                writer.WriteStartArray();
                foreach (var item in value.Items)
                    WriteValue(item, writer);
                writer.WriteEndArray();
                break;
            case HistoryValueKind.Map:
                WriteMap(value, writer);
                break;
            default:
                writer.WriteStringValue(value.AsText());
                break;
        }
    }

    // A whole real keeps its point, so that it reads back as a real.
    private static void WriteReal(double value, Utf8JsonWriter writer)
    {
        var text = value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        writer.WriteRawValue(text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : text);
    }

    private static void WriteMap(HistoryValue value, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        for (var i = 0; i < value.Items.Count; i += 2)
        {
            writer.WritePropertyName(value.Items[i].AsText() ?? value.Items[i].ToString());
            WriteValue(value.Items[i + 1], writer);
        }
        writer.WriteEndObject();
    }
}
