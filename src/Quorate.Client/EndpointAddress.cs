using System.Diagnostics.CodeAnalysis;

namespace Quorate.Client;

/// <summary>Where an endpoint is, as people write it.</summary>
internal static class EndpointAddress
{
    /// <summary>Parses <c>HOST:PORT</c>, with or without <c>http://</c> or <c>https://</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="tls">Whether a text without scheme means TLS.</param>
    /// <param name="address">The address.</param>
    public static bool TryParse(string? text, bool tls, [NotNullWhen(true)] out Uri? address)
    {
        address = null;
        if (string.IsNullOrWhiteSpace(text))
            return false;
        var whole = text.Contains("://", StringComparison.Ordinal) ? text : $"{(tls ? Uri.UriSchemeHttps : Uri.UriSchemeHttp)}://{text}";
        if (!Uri.TryCreate(whole, UriKind.Absolute, out var parsed) || parsed.Scheme != Uri.UriSchemeHttp && parsed.Scheme != Uri.UriSchemeHttps)
            return false;
        // A port that is left out would be the web's, where no cluster is.
        var isWhole = parsed.PathAndQuery == "/" && parsed.Fragment.Length == 0 && parsed.UserInfo.Length == 0 && HasPort(whole);
        address = isWhole ? parsed : null;
        return isWhole;
    }

    private static bool HasPort(string whole)
    {
        var trimmed = whole.TrimEnd('/');
        var colon = trimmed.LastIndexOf(':');
        return ushort.TryParse(trimmed.AsSpan(colon + 1), out var port) && port > 0;
    }
}
