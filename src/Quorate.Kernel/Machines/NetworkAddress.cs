using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Quorate.Kernel.Machines;

/// <summary>A host and a port. On the real machine the host is a name or an IP address; in the simulator it is a machine's name.</summary>
/// <param name="Host">Host name or address, without brackets.</param>
/// <param name="Port">Port from 0 to 65535; 0 asks a listener for any free port.</param>
public readonly record struct NetworkAddress(string Host, int Port)
{
    /// <summary>Parses <c>host:port</c>, or <c>[v6]:port</c>.</summary>
    /// <param name="text">The text to parse.</param>
    /// <param name="address">The address, where the text is one.</param>
    /// <returns>Whether the text is an address.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out NetworkAddress address)
    {
        address = default;
        var colon = text?.LastIndexOf(':') ?? -1;
        if (text is null || colon <= 0)
            return false;
        var host = text[..colon];
        if (host.StartsWith('[') && host.EndsWith(']'))
            host = host[1..^1];
        else if (host.Contains(':'))
            return false;
        if (host.Length == 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return false;
        address = new NetworkAddress(host, port);
        return true;
    }

    /// <summary>Parses <c>host:port</c>, or <c>[v6]:port</c>.</summary>
    /// <param name="text">The text to parse.</param>
    /// <exception cref="FormatException">The text is not an address.</exception>
    public static NetworkAddress Parse(string text) =>
        TryParse(text, out var address)
            ? address
            : throw new FormatException($"'{text}' is not an address: expected HOST:PORT, such as 127.0.0.1:7000.");

    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
