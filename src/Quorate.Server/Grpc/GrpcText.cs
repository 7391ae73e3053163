using System.Globalization;
using System.Text;

namespace Quorate.Server.Grpc;

/// <summary>The texts of gRPC's headers: the status message and the timeout.</summary>
/// <remarks>Source: grpc/doc/PROTOCOL-HTTP2.md, "Status-Message" and "Timeout".</remarks>
internal static class GrpcText
{
    /// <summary>The longest status message that is sent, in characters; a longer one is cut.</summary>
    public const int MessageCharsMax = 1024;

    private const int TimeoutDigitsMax = 8;

    /// <summary>
    /// Percent-encodes a status message: UTF-8, of which all but the printable ASCII characters without <c>%</c> are
    /// escaped.
    /// </summary>
    /// <param name="message">The message as people read it.</param>
    public static string EncodeMessage(string message)
    {
        var cut = message.Length > MessageCharsMax ? CutAt(message, MessageCharsMax) : message;
        if (!cut.AsSpan().ContainsAnyExceptInRange(' ', '~') && !cut.Contains('%'))
            return cut;
        var encoded = new StringBuilder(cut.Length + 16);
        foreach (var b in Encoding.UTF8.GetBytes(cut))
        {
            if (b is >= 0x20 and <= 0x7E and not (byte)'%')
                encoded.Append((char)b);
            else
                encoded.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }
        return encoded.ToString();
    }

    /// <summary>Parses the header <c>grpc-timeout</c>: one to eight digits and a unit (H, M, S, m, u, n).</summary>
    /// <param name="text">The header's value.</param>
    /// <param name="timeout">How long the caller waits.</param>
    /// <returns>Whether the text is a timeout.</returns>
    public static bool TryParseTimeout(ReadOnlySpan<char> text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > TimeoutDigitsMax + 1)
            return false;
        if (!long.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            return false;
        long ticks = text[^1] switch
        {
            'H' => TimeSpan.TicksPerHour,
            'M' => TimeSpan.TicksPerMinute,
            'S' => TimeSpan.TicksPerSecond,
            'm' => TimeSpan.TicksPerMillisecond,
            'u' => TimeSpan.TicksPerMicrosecond,
            'n' => 0,
            _ => -1,
        };
        if (ticks < 0)
            return false;
        timeout = TimeSpan.FromTicks(ticks == 0 ? value / TimeSpan.NanosecondsPerTick : value * ticks);
        return true;
    }

    // A message is not cut between the halves of a surrogate pair.
    private static string CutAt(string text, int length) => char.IsHighSurrogate(text[length - 1]) ? text[..(length - 1)] : text[..length];
}
