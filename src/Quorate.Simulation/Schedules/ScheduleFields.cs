using System.Globalization;
using System.Text.Json;

namespace Quorate.Simulation.Schedules;

/// <summary>The fields of one JSON object, each read once; what is left over at the end is an error.</summary>
internal sealed class ScheduleFields
{
    private const int ListMax = 1_000_000;
    private readonly SortedDictionary<string, JsonElement> left = new(StringComparer.Ordinal);

    public ScheduleFields(JsonElement element, string where)
    {
        Where = where;
        if (element.ValueKind != JsonValueKind.Object)
            throw new ScheduleFormatException($"{where} is not an object.");
        foreach (var property in element.EnumerateObject())
            left.Add(property.Name, property.Value);
    }

    public string Where { get; }

    public string Text(string name) => Text(Take(name), name);

    public string? OptionalText(string name) => left.Remove(name, out var value) ? Text(value, name) : null;

    public ulong Number(string name) =>
        Take(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetUInt64(out var number) ? number : throw Wrong(name, "a whole number from 0");

    public int Whole(string name) => OptionalWhole(name) ?? throw Wrong(name, "there");

    public int? OptionalWhole(string name)
    {
        if (!left.Remove(name, out var value))
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var whole) && whole >= 0 ? whole
            : throw Wrong(name, "a whole number from 0");
    }

    public double OptionalReal(string name)
    {
        if (!left.Remove(name, out var value))
            return 0;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var real) ? real : throw Wrong(name, "a number");
    }

    public TimeSpan Time(string name) => OptionalTime(name) ?? throw Wrong(name, "there");

    public TimeSpan? OptionalTime(string name)
    {
        if (!left.Remove(name, out var value))
            return null;
        return TimeSpan.TryParseExact(Text(value, name), "c", CultureInfo.InvariantCulture, out var time) && time >= TimeSpan.Zero ? time
            : throw Wrong(name, "a time such as \"00:00:01.2500000\"");
    }

    public IReadOnlyList<string> Names(string name) => left.Remove(name, out var value)
        ? [.. Elements(value, name).Select(e => Text(e, name))] : [];

    public IReadOnlyList<T>? List<T>(string name, Func<ScheduleFields, T> read, bool isOptional = false)
    {
        if (!left.Remove(name, out var value))
            return isOptional ? null : throw Wrong(name, "there");
        return [.. Elements(value, name).Select((e, i) => read(new ScheduleFields(e, $"{name}[{i}]")))];
    }

    /// <summary>Nothing may be left.</summary>
    public void End()
    {
        foreach (var name in left.Keys)
            throw new ScheduleFormatException($"{Where} has a field '{name}', which is not known.");
    }

    private IEnumerable<JsonElement> Elements(JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.Array)
            throw Wrong(name, "a list");
        return value.GetArrayLength() <= ListMax ? value.EnumerateArray() : throw Wrong(name, $"at most {ListMax} long");
    }

    private JsonElement Take(string name) => left.Remove(name, out var value) ? value : throw Wrong(name, "there");

    private string Text(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(name, "a text");

    private ScheduleFormatException Wrong(string name, string expected) => new($"{Where}: '{name}' is not {expected}.");
}
