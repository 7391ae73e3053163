namespace Quorate.Services.Coordination.Store;

/// <summary>The alarms that are raised, in order of kind and member.</summary>
internal sealed class AlarmTable
{
    /// <summary>The most alarms at once; one more is not raised. A cluster has far fewer members.</summary>
    public const int AlarmsMax = 1024;

    private readonly SortedSet<Alarm> alarms = new(ByKind.Instance);

    /// <summary>How many there are.</summary>
    public int Count => alarms.Count;

    /// <summary>Whether writes that take space are refused.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Whether every write is refused.</summary>
    public bool IsCorrupt { get; private set; }

    /// <summary>Whether an alarm is raised.</summary>
    /// <param name="alarm">The alarm.</param>
    public bool Contains(Alarm alarm) => alarms.Contains(alarm);

    /// <summary>The alarms of a kind, or all.</summary>
    /// <param name="kind">The kind; <see cref="AlarmKind.None"/> for all.</param>
    public Alarm[] Of(AlarmKind kind) => [.. alarms.Where(alarm => kind == AlarmKind.None || alarm.Kind == kind)];

    /// <summary>Raises an alarm.</summary>
    /// <param name="alarm">The alarm.</param>
    /// <returns>Whether it is raised now: not when there are too many.</returns>
    public bool Raise(Alarm alarm)
    {
        if (alarms.Count >= AlarmsMax && !alarms.Contains(alarm))
            return false;
        alarms.Add(alarm);
        Look();
        return true;
    }

    /// <summary>Disarms an alarm.</summary>
    /// <param name="alarm">The alarm.</param>
    /// <returns>Whether it was raised.</returns>
    public bool Disarm(Alarm alarm)
    {
        var was = alarms.Remove(alarm);
        Look();
        return was;
    }

    private void Look()
    {
        IsFull = alarms.Any(alarm => alarm.Kind == AlarmKind.NoSpace);
        IsCorrupt = alarms.Any(alarm => alarm.Kind == AlarmKind.Corrupt);
    }

    private sealed class ByKind : IComparer<Alarm>
    {
        public static readonly ByKind Instance = new();

        public int Compare(Alarm x, Alarm y) => x.Kind != y.Kind ? x.Kind.CompareTo(y.Kind) : x.MemberId.CompareTo(y.MemberId);
    }
}
