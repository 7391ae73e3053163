using System.Globalization;
using System.Text.Json;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Ordering;

namespace Quorate.Simulation.Schedules;

/// <summary>Writes a schedule as JSON, a fault or operation a line, so that it can be read, edited and compared.</summary>
public static class ScheduleWriter
{
    /// <summary>What the field <c>format</c> says.</summary>
    public const string Format = "quorate-schedule";

    /// <summary>Writes a schedule.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="output">Where it goes.</param>
    public static void Write(Schedule schedule, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentNullException.ThrowIfNull(output);
        output.Write(string.Create(CultureInfo.InvariantCulture, $"{{\n  \"format\": \"{Format}\",\n  \"version\": {schedule.Version},\n"));
        output.Write($"  \"scenario\": {Text(schedule.Scenario)},\n");
        output.Write(string.Create(CultureInfo.InvariantCulture, $"  \"seed\": {schedule.Seed},\n  \"chance\": {schedule.Chance},\n"));
        if (schedule.ChanceIsByMoment)
            output.Write("  \"chanceBy\": \"moment\",\n");
        if (schedule.Order != StepOrder.Drawn)
            output.Write($"  \"order\": \"{schedule.Order}\",\n");
        if (schedule.Horizon is { } horizon)
            output.Write($"  \"horizon\": {Time(horizon)},\n");
        if (schedule.Machines is { } machines)
            output.Write(string.Create(CultureInfo.InvariantCulture, $"  \"machines\": {machines},\n"));
        WriteList("faults", schedule.Faults.Select(Fault), output);
        if (schedule.Operations is { } operations)
        {
            output.Write(",\n");
            WriteList("operations", operations.Select(Operation), output);
        }
        output.Write("\n}\n");
    }

    /// <summary>A schedule as text.</summary>
    /// <param name="schedule">The schedule.</param>
    public static string ToText(Schedule schedule)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        Write(schedule, text);
        return text.ToString();
    }

    private static void WriteList(string name, IEnumerable<string> items, TextWriter output)
    {
        output.Write($"  \"{name}\": [");
        var separator = "\n    ";
        foreach (var item in items)
        {
            output.Write(separator + item);
            separator = ",\n    ";
        }
        output.Write(separator[0] == '\n' ? "]" : "\n  ]");
    }

    private static string Fault(FaultAction fault)
    {
        var duration = fault.Duration == TimeSpan.Zero ? "" : $", \"for\": {Time(fault.Duration)}";
        var targets = fault.Targets.Count == 0 ? "" : $", \"targets\": {Names(fault.Targets)}";
        var others = fault.Others.Count == 0 ? "" : $", \"others\": {Names(fault.Others)}";
        var amount = fault.Amount == 0 ? "" : $", \"amount\": {fault.Amount.ToString("R", CultureInfo.InvariantCulture)}";
        return $"{{ \"at\": {Time(fault.At)}, \"kind\": \"{fault.Kind}\"{duration}{targets}{others}{amount} }}";
    }

    private static string Operation(OperationStart operation) => string.Create(
        CultureInfo.InvariantCulture,
        $"{{ \"client\": {Text(operation.Client)}, \"ordinal\": {operation.Ordinal}, \"at\": {Time(operation.At)} }}");

    private static string Names(IEnumerable<string> names) => $"[{string.Join(", ", names.Select(Text))}]";

    private static string Text(string text) => JsonSerializer.Serialize(text);

    private static string Time(TimeSpan time) => $"\"{time.ToString("c", CultureInfo.InvariantCulture)}\"";
}
