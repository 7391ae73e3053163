using System.Text.Json;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Ordering;

namespace Quorate.Simulation.Schedules;

/// <summary>Reads what <see cref="ScheduleWriter"/> wrote, or what a person made of it.</summary>
/// <remarks>
/// Guarantee: strict: an unknown, missing or doubled field, a wrong type, and a value out of its range are errors that name their place.
/// Cost: linear in the text, which is at most <see cref="BytesMax"/> long. Fails when: <see cref="ScheduleFormatException"/>.
/// Source: docs/formats.md.
/// </remarks>
public static class ScheduleReader
{
    /// <summary>The longest text that is read.</summary>
    public const int BytesMax = 64 << 20;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <summary>Reads a schedule.</summary>
    /// <param name="text">The JSON text.</param>
    /// <exception cref="ScheduleFormatException">It is not a schedule of a known version.</exception>
    public static Schedule Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > BytesMax)
            throw new ScheduleFormatException($"A schedule is at most {BytesMax} characters long, not {text.Length}.");
        try
        {
            using var document = JsonDocument.Parse(text, Options);
            return Read(new ScheduleFields(document.RootElement, "the schedule"));
        }
        catch (JsonException e)
        {
            throw new ScheduleFormatException($"Not JSON: {e.Message}");
        }
    }

    private static Schedule Read(ScheduleFields root)
    {
        if (root.Text("format") is var format && format != ScheduleWriter.Format)
            throw new ScheduleFormatException($"'format' is '{format}', not '{ScheduleWriter.Format}'.");
        if (root.Whole("version") is var version && version is < 1 or > Schedule.VersionNow)
            throw new ScheduleFormatException($"Version {version} is not known here; versions 1 to {Schedule.VersionNow} are.");
        var schedule = new Schedule(root.Text("scenario"), root.Number("seed"))
        {
            Version = version,
            Chance = root.Number("chance"),
            ChanceIsByMoment = IsByMoment(root),
            Order = Order(root),
            Horizon = root.OptionalTime("horizon"),
            Machines = root.OptionalWhole("machines"),
            Faults = root.List("faults", Fault)!,
            Operations = root.List("operations", Operation, isOptional: true),
        };
        root.End();
        if (schedule.Machines < 1)
            throw new ScheduleFormatException("'machines' is at least 1.");
        return schedule;
    }

    private static bool IsByMoment(ScheduleFields root) => root.OptionalText("chanceBy") switch
    {
        null => false,
        "moment" => true,
        var other => throw new ScheduleFormatException($"'chanceBy' is '{other}', not 'moment'."),
    };

    private static StepOrder Order(ScheduleFields root)
    {
        try
        {
            return StepOrder.Parse(root.OptionalText("order") ?? "drawn");
        }
        catch (FormatException e)
        {
            throw new ScheduleFormatException($"'order': {e.Message}");
        }
    }

    private static FaultAction Fault(ScheduleFields fields)
    {
        var kind = fields.Text("kind");
        if (!Enum.TryParse<FaultKind>(kind, out var known) || !Enum.IsDefined(known) || known.ToString() != kind)
            throw new ScheduleFormatException($"{fields.Where}: there is no kind of fault '{kind}'.");
        var fault = new FaultAction(known, fields.Time("at"), fields.OptionalTime("for") ?? TimeSpan.Zero)
        {
            Targets = fields.Names("targets"),
            Others = fields.Names("others"),
            Amount = fields.OptionalReal("amount"),
        };
        fields.End();
        return fault.Check() is { } wrong ? throw new ScheduleFormatException($"{fields.Where}: {wrong}.") : fault;
    }

    private static OperationStart Operation(ScheduleFields fields)
    {
        var operation = new OperationStart(fields.Text("client"), fields.Whole("ordinal"), fields.Time("at"));
        fields.End();
        return operation;
    }
}
