using Quorate.Services.Coordination;
using Quorate.Services.Recipes.Sessions;

namespace Quorate.Services.Recipes.Lines;

/// <summary>A place in a line.</summary>
/// <param name="line">The line.</param>
/// <param name="keys">The session.</param>
/// <param name="key">Its key.</param>
/// <param name="value">What stands in it.</param>
internal sealed class Place(Line line, SessionKeys keys, byte[] key, ReadOnlyMemory<byte> value)
{
    /// <summary>The line.</summary>
    public Line Line => line;

    /// <summary>The session's keys.</summary>
    public SessionKeys Keys => keys;

    /// <summary>The session.</summary>
    public Session Session => keys.Session;

    /// <summary>Its key.</summary>
    public byte[] Key => key;

    /// <summary>What stands in the key.</summary>
    public ReadOnlyMemory<byte> Value { get; set; } = value;

    /// <summary>The revision that made the key, once it is there.</summary>
    public long Token { get; set; }

    /// <summary>Gives the place up.</summary>
    public Task LeaveAsync() => keys.RemoveAsync(key);

    /// <summary>Refuses a line for another number of places: its keys say for how many they are.</summary>
    /// <param name="others">Some who are in the line.</param>
    /// <exception cref="ArgumentException">Somebody joined it for another number.</exception>
    public void Check(IReadOnlyList<KeyValue> others)
    {
        if (line.IsCounted && others.FirstOrDefault(o => !o.Value.Span.SequenceEqual(Value.Span)) is { } other)
            throw new ArgumentException(
                $"'{line.Name}' has {System.Text.Encoding.UTF8.GetString(other.Value.Span)} places for others, not {line.Places}.");
    }
}
