using System.Globalization;
using System.Text;

namespace Quorate.Services.Recipes.Keys;

/// <summary>
/// The keys of the recipes: <c>PREFIX recipe / name / …</c>, where the name is percent-encoded, so that no name's keys are among those of
/// another. docs/formats.md lists them: clients of several versions share them.
/// </summary>
/// <param name="prefix">What all of them begin with.</param>
internal sealed class RecipeKeys(string prefix)
{
    private const int NameBytesMax = 512;

    /// <summary>What the keys of a named thing begin with; it ends in a slash.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="name">The thing's name.</param>
    /// <exception cref="ArgumentException">The name is empty or too long.</exception>
    public string Of(string recipe, string name) => $"{prefix}{recipe}/{Encoded(name)}/";

    /// <summary>The key that lives as long as a session.</summary>
    /// <param name="lease">The session's lease.</param>
    public byte[] Session(long lease) => Bytes(string.Create(CultureInfo.InvariantCulture, $"{prefix}session/{lease:x16}"));

    /// <summary>A name as it stands in keys.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="ArgumentException">The name is empty or too long.</exception>
    public static string Encoded(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Encoding.UTF8.GetByteCount(name) is < 1 or > NameBytesMax)
            throw new ArgumentException($"A name must have 1 to {NameBytesMax} bytes.", nameof(name));
        return Uri.EscapeDataString(name);
    }

    /// <summary>A name as it was before it stood in a key.</summary>
    /// <param name="encoded">As it stands there.</param>
    public static string Decoded(ReadOnlySpan<byte> encoded) => Uri.UnescapeDataString(Encoding.UTF8.GetString(encoded));

    /// <summary>The bytes of a key.</summary>
    /// <param name="key">The key.</param>
    public static byte[] Bytes(string key) => Encoding.UTF8.GetBytes(key);
}
