namespace Quorate.Services.Discovery.Catalogs;

/// <summary>The settings of a catalogue.</summary>
public sealed record CatalogOptions
{
    /// <summary>How often the store is asked whether the catalogue is the newest. Default 1 s, from 100 ms to 1 min.</summary>
    public TimeSpan ConfirmInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// After what time without that the catalogue says that it is stale. Default 5 s, from 1 s to 1 hour; more than
    /// <see cref="ConfirmInterval"/>.
    /// </summary>
    public TimeSpan FreshMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// After what time the catalogue is not told any more at all. Default 1 hour, at least <see cref="FreshMax"/>. While the cluster is away
    /// nobody can register and no dead instance goes, and most instances are still where they were.
    /// </summary>
    public TimeSpan StaleMax { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long one call is waited for. Default 3 s, from 100 ms to 1 min.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>What the keys of the registry begin with, as in <c>RecipeOptions</c>. Default <c>/quorate/</c>.</summary>
    public string Prefix { get; init; } = "/quorate/";

    /// <summary>The most instances; others are left out, and the catalogue is stale then. Default 20,000, from 1 to 1,000,000.</summary>
    public int InstancesMax { get; init; } = 20_000;

    /// <summary>Refuses values out of their bounds.</summary>
    /// <exception cref="ArgumentException">A value is out of its bounds.</exception>
    internal void Validate()
    {
        Between(nameof(ConfirmInterval), ConfirmInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        Between(nameof(FreshMax), FreshMax, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        Between(nameof(StaleMax), StaleMax, FreshMax, TimeSpan.FromDays(365));
        Between(nameof(CallTimeout), CallTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        if (FreshMax <= ConfirmInterval)
            throw new ArgumentException($"{nameof(FreshMax)} must be more than {nameof(ConfirmInterval)}, {ConfirmInterval}, and not {FreshMax}.");
        if (InstancesMax is < 1 or > 1_000_000)
            throw new ArgumentException($"{nameof(InstancesMax)} must be from 1 to 1,000,000, not {InstancesMax}.");
        if (System.Text.Encoding.UTF8.GetByteCount(Prefix) is < 1 or > 128)
            throw new ArgumentException($"{nameof(Prefix)} must have 1 to 128 bytes.");
    }

    private static void Between(string name, TimeSpan value, TimeSpan least, TimeSpan most)
    {
        if (value < least || value > most)
            throw new ArgumentException($"{name} must be from {least} to {most}, not {value}.");
    }
}
