namespace Quorate.Services.Recipes;

/// <summary>The settings of a coordination client.</summary>
public sealed record RecipeOptions
{
    /// <summary>
    /// How long what a dead holder held stays held. Default 10 s, from 2 s to 1 hour, in whole seconds. Shorter means a faster hand-over and
    /// more locks lost to a pause; it is renewed three times in that time.
    /// </summary>
    public TimeSpan SessionTtl { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// By which part the rates of two machines' clocks may differ. Default 0.1, from 0 to 0.5: a holder trusts its session for that part less
    /// than its time to live.
    /// </summary>
    public double ClockDriftMax { get; init; } = 0.1;

    /// <summary>
    /// How long one call is waited for before it is made again or given up. Default 3 s, from 100 ms to 1 minute; renewals wait for a third of
    /// the session's time at most.
    /// </summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a watch may be silent before it is asked whether it lives, and then opened anew. Default 5 s, from 100 ms.</summary>
    public TimeSpan WatchSilenceMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What the keys of all recipes begin with. Default <c>/quorate/</c>; not empty, at most 128 bytes.</summary>
    public string Prefix { get; init; } = "/quorate/";

    /// <summary>Who the sessions belong to, for people who look at the store. Default empty; at most 256 bytes.</summary>
    public string Owner { get; init; } = "";

    /// <summary>Refuses values out of their bounds.</summary>
    /// <exception cref="ArgumentException">A value is out of its bounds.</exception>
    public void Validate()
    {
        Between(nameof(SessionTtl), SessionTtl, TimeSpan.FromSeconds(2), TimeSpan.FromHours(1));
        Between(nameof(CallTimeout), CallTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        Between(nameof(WatchSilenceMax), WatchSilenceMax, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
        if (SessionTtl.Ticks % TimeSpan.TicksPerSecond != 0)
            throw new ArgumentException($"{nameof(SessionTtl)} must be whole seconds, not {SessionTtl}.");
        if (ClockDriftMax is not (>= 0 and <= 0.5))
            throw new ArgumentException($"{nameof(ClockDriftMax)} must be from 0 to 0.5, not {ClockDriftMax}.");
        if (System.Text.Encoding.UTF8.GetByteCount(Prefix) is < 1 or > 128)
            throw new ArgumentException($"{nameof(Prefix)} must have 1 to 128 bytes.");
        if (System.Text.Encoding.UTF8.GetByteCount(Owner) > 256)
            throw new ArgumentException($"{nameof(Owner)} must have at most 256 bytes.");
    }

    private static void Between(string name, TimeSpan value, TimeSpan least, TimeSpan most)
    {
        if (value < least || value > most)
            throw new ArgumentException($"{name} must be from {least} to {most}, not {value}.");
    }
}
