namespace Quorate.Checking.Histories.Formats;

/// <summary>Makes an event of the map that EDN and JSON hold for it.</summary>
internal static class EventFields
{
    /// <summary>Stands for the process of an event that names none.</summary>
    public const long NoProcess = long.MinValue;

    private static readonly HistoryValue OnlyProcess = HistoryValue.Of(NoProcess);
    private static readonly HistoryValue Transaction = HistoryValue.Of("txn");

    /// <summary>The event, or null for one of a process without a number: Jepsen's nemesis, which is no client.</summary>
    public static HistoryEvent? ToEvent(HistoryValue map, TextCursor cursor, int place)
    {
        if (map.Kind != HistoryValueKind.Map)
            throw cursor.Error("an event must be a map", place);
        // Jepsen's small examples leave out a process where there is only one, and the function where every operation is a transaction.
        var process = map.Field("process") ?? OnlyProcess;
        var typeName = (map.Field("type") ?? throw cursor.Error("the event has no type", place)).AsText();
        var type = TypeNamed(typeName) ?? throw cursor.Error($"the event's type is '{typeName}', not invoke, ok, fail or info", place);
        if (process.AsInteger() is not { } number)
            return null;
        var function = (map.Field("f") ?? Transaction).AsText() ?? throw cursor.Error("the event's f is not the name of a function", place);
        var error = map.Field("error");
        return new HistoryEvent(
            type,
            number,
            function,
            map.Field("key"),
            map.Field("value") ?? HistoryValue.Nil,
            error is null or { IsNil: true } ? null : error.AsText() ?? error.ToString(),
            map.Field("time")?.AsInteger(),
            cursor.LineOf(place));
    }

    public static HistoryEventType? TypeNamed(string? name) => name switch
    {
        "invoke" => HistoryEventType.Invoke,
        "ok" => HistoryEventType.Ok,
        "fail" => HistoryEventType.Fail,
        "info" or "unknown" => HistoryEventType.Unknown,
        _ => null,
    };
}
