using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Quorate.Kernel.Encoding;

namespace Quorate.Services.Dns.Wire;

/// <summary>
/// A domain name: labels of 1 to 63 bytes, 255 bytes altogether. Compared without regard to the case of ASCII letters, which it keeps.
/// </summary>
/// <remarks>Source: RFC 1035, sections 2.3.4, 3.1 and 5.1; RFC 4343.</remarks>
public sealed class DomainName : IEquatable<DomainName>
{
    /// <summary>The most bytes of a name on the wire, the zero at its end among them.</summary>
    public const int WireBytesMax = 255;

    /// <summary>The most bytes of a label.</summary>
    public const int LabelBytesMax = 63;

    private readonly byte[] wire;
    private readonly byte[] starts;

    private DomainName(byte[] wire)
    {
        this.wire = wire;
        starts = Starts(wire);
    }

    /// <summary>The root: no label.</summary>
    public static DomainName Root { get; } = new([0]);

    /// <summary>How many labels it has, the root's not counted.</summary>
    public int LabelCount => starts.Length;

    /// <summary>The name without compression: each label after its length, and a zero.</summary>
    public ReadOnlySpan<byte> Wire => wire;

    /// <summary>Reads a name as people write it: labels with dots between, <c>\.</c> and <c>\DDD</c> for other bytes.</summary>
    /// <param name="text">The name, with or without a dot at its end.</param>
    /// <exception cref="FormatException">It is none.</exception>
    public static DomainName Parse(string text) =>
        TryParse(text, out var name) ? name : throw new FormatException($"'{text}' is not a domain name.");

    /// <summary>Reads a name as people write it.</summary>
    /// <param name="text">The name, with or without a dot at its end.</param>
    /// <param name="name">The name, where the text is one.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out DomainName? name)
    {
        name = null;
        if (string.IsNullOrEmpty(text) || text.Length > 4 * WireBytesMax)
            return false;
        if (text == ".")
            return (name = Root) is not null;
        var bytes = new List<byte> { 0 };
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '.')
            {
                if (!TryEnd(bytes, start))
                    return false;
                start = bytes.Count;
                bytes.Add(0);
            }
            else if (!TryByte(text, ref i, bytes))
            {
                return false;
            }
        }

        // A dot at the end has opened the root's label.
        if (bytes.Count - start > 1)
        {
            if (!TryEnd(bytes, start))
                return false;
            bytes.Add(0);
        }

        if (bytes.Count > WireBytesMax)
            return false;
        name = new DomainName([.. bytes]);
        return true;
    }

    /// <summary>This name with labels before it.</summary>
    /// <param name="labels">The labels, the first one first: each 1 to 63 bytes.</param>
    /// <exception cref="ArgumentException">A label is empty or too long, or the name becomes so.</exception>
    public DomainName Below(params ReadOnlySpan<string> labels)
    {
        var bytes = new ByteWriter(WireBytesMax);
        foreach (var label in labels)
        {
            var length = Encoding.UTF8.GetByteCount(label);
            if (length is < 1 or > LabelBytesMax)
                throw new ArgumentException($"The label '{label}' must have 1 to {LabelBytesMax} bytes.", nameof(labels));
            bytes.WriteByte((byte)length);
            bytes.WriteRaw(Encoding.UTF8.GetBytes(label));
        }

        bytes.WriteRaw(wire);
        return bytes.Length <= WireBytesMax
            ? new DomainName(bytes.ToArray())
            : throw new ArgumentException($"The name would have {bytes.Length} bytes, and {WireBytesMax} are allowed.", nameof(labels));
    }

    /// <summary>A label; 0 is the first one.</summary>
    /// <param name="index">Which.</param>
    public ReadOnlySpan<byte> Label(int index) => wire.AsSpan(starts[index] + 1, wire[starts[index]]);

    /// <summary>A label in lower case.</summary>
    /// <param name="index">Which.</param>
    public string LowerLabel(int index)
    {
        var label = Label(index);
        Span<char> lower = stackalloc char[label.Length];
        for (var i = 0; i < label.Length; i++)
            lower[i] = (char)Lower(label[i]);
        return new string(lower);
    }

    /// <summary>Whether this name is another, or below it.</summary>
    /// <param name="other">The other.</param>
    public bool IsWithin(DomainName other) =>
        LabelCount >= other.LabelCount && SameIgnoringCase(wire.AsSpan(StartOf(LabelCount - other.LabelCount)), other.wire);

    /// <summary>Whether both are the same in every byte, case included.</summary>
    /// <param name="other">The other.</param>
    public bool IsExactly(DomainName other) => wire.AsSpan().SequenceEqual(other.wire);

    /// <inheritdoc/>
    public bool Equals(DomainName? other) => other is not null && SameIgnoringCase(wire, other.wire);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DomainName);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)SuffixHash(0);

    /// <summary>The name as people write it, with a dot at its end.</summary>
    public override string ToString()
    {
        if (LabelCount == 0)
            return ".";
        var text = new StringBuilder();
        for (var i = 0; i < LabelCount; i++)
        {
            foreach (var b in Label(i))
                _ = b switch
                {
                    (byte)'.' or (byte)'\\' => text.Append('\\').Append((char)b),
                    > 0x20 and < 0x7f => text.Append((char)b),
                    _ => text.Append(CultureInfo.InvariantCulture, $"\\{b:d3}"),
                };
            text.Append('.');
        }

        return text.ToString();
    }

    /// <summary>A name of bytes that were checked.</summary>
    /// <param name="wire">Labels with their lengths, and a zero.</param>
    internal static DomainName OfChecked(ReadOnlySpan<byte> wire) => wire.Length == 1 ? Root : new DomainName(wire.ToArray());

    /// <summary>This name with the case of its letters changed.</summary>
    /// <param name="isUpper">Asked for each letter.</param>
    internal DomainName WithCase(Func<bool> isUpper)
    {
        var changed = wire.ToArray();
        foreach (var start in starts)
        {
            for (var i = start + 1; i <= start + wire[start]; i++)
                if (Lower(changed[i]) is >= (byte)'a' and <= (byte)'z' and var lower)
                    changed[i] = isUpper() ? (byte)(lower - 0x20) : lower;
        }

        return new DomainName(changed);
    }

    /// <summary>Where a label begins in <see cref="Wire"/>; behind the last one, where the zero is.</summary>
    /// <param name="label">Which label.</param>
    internal int StartOf(int label) => label < starts.Length ? starts[label] : wire.Length - 1;

    /// <summary>A hash of the name from a label on, without regard to case; the same in every process.</summary>
    /// <param name="label">The first label.</param>
    internal uint SuffixHash(int label)
    {
        var hash = 2166136261u;
        foreach (var b in wire.AsSpan(StartOf(label)))
            hash = (hash ^ Lower(b)) * 16777619;
        return hash;
    }

    /// <summary>Whether bytes are the same without regard to the case of letters. A length is at most 63 and so never taken for a letter.</summary>
    /// <param name="one">One.</param>
    /// <param name="other">The other.</param>
    internal static bool SameIgnoringCase(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        if (one.Length != other.Length)
            return false;
        for (var i = 0; i < one.Length; i++)
            if (Lower(one[i]) != Lower(other[i]))
                return false;
        return true;
    }

    private static byte Lower(byte b) => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b + 0x20) : b;

    private static byte[] Starts(byte[] wire)
    {
        var count = 0;
        for (var at = 0; wire[at] != 0; at += wire[at] + 1)
            count++;
        var starts = new byte[count];
        for (int i = 0, at = 0; i < count; at += wire[at] + 1)
            starts[i++] = (byte)at;
        return starts;
    }

    private static bool TryEnd(List<byte> bytes, int start)
    {
        var length = bytes.Count - start - 1;
        if (length is < 1 or > LabelBytesMax)
            return false;
        bytes[start] = (byte)length;
        return true;
    }

    private static bool TryByte(string text, ref int at, List<byte> bytes)
    {
        if (text[at] != '\\')
        {
            if (text[at] > 0x7f)
                return false;
            bytes.Add((byte)text[at]);
            return true;
        }

        if (at + 3 < text.Length && char.IsAsciiDigit(text[at + 1]))
        {
            if (!byte.TryParse(text.AsSpan(at + 1, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
                return false;
            bytes.Add(value);
            at += 3;
            return true;
        }

        if (++at >= text.Length || text[at] > 0x7f || char.IsAsciiDigit(text[at]))
            return false;
        bytes.Add((byte)text[at]);
        return true;
    }
}
