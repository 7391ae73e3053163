using System.Globalization;

namespace Quorate.Cli.Lab.Stores;

/// <summary>Which of two writes of a key is the later one: the greater number, and where they are equal the greater name.</summary>
/// <param name="Number">A count, or a time.</param>
/// <param name="Writer">Who wrote.</param>
internal readonly record struct Stamp(long Number, string Writer) : IComparable<Stamp>
{
    public int CompareTo(Stamp other) => Number != other.Number ? Number.CompareTo(other.Number) : string.CompareOrdinal(Writer, other.Writer);

    public static bool operator <(Stamp a, Stamp b) => a.CompareTo(b) < 0;

    public static bool operator >(Stamp a, Stamp b) => a.CompareTo(b) > 0;
}

/// <summary>A value and which write it is of.</summary>
internal sealed record StampedValue(Stamp Stamp, string? Value)
{
    private const string Missing = "-";

    /// <summary>What a key holds that nobody wrote.</summary>
    public static StampedValue None { get; } = new(new Stamp(0, Missing), null);

    /// <summary>As the end of a message.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Stamp.Number} {Stamp.Writer} {Value ?? Missing}");

    /// <summary>Out of the last three words of a message.</summary>
    public static StampedValue Parse(string[] words) => new(
        new Stamp(long.Parse(words[^3], CultureInfo.InvariantCulture), words[^2]), words[^1] == Missing ? null : words[^1]);
}
