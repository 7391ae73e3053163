using System.Globalization;

namespace Quorate.Mutants.Edits;

/// <summary>Seeds from one to another, both included.</summary>
internal readonly record struct SeedRange(ulong First, ulong Last)
{
    /// <summary>How many there are.</summary>
    public ulong Count => Last - First + 1;

    /// <summary>Reads <c>A..B</c>.</summary>
    /// <exception cref="FormatException">The text is not that, or A is above B.</exception>
    public static SeedRange Parse(string text)
    {
        var parts = text.Split("..");
        if (parts.Length != 2
            || !ulong.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            || !ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            || first > last)
            throw new FormatException($"'{text}' is no range of seeds: it is A..B, with A not above B");
        return new SeedRange(first, last);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First}..{Last}");
}
