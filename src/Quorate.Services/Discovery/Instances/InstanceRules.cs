using System.Text;

namespace Quorate.Services.Discovery.Instances;

/// <summary>What must hold of an instance, whoever registers it.</summary>
internal static class InstanceRules
{
    /// <summary>The most tags.</summary>
    public const int TagsMax = 16;

    /// <summary>The most pairs of metadata.</summary>
    public const int MetadataMax = 16;

    /// <summary>The most bytes of a pair, with the equals sign between: what fits one text of a record.</summary>
    public const int PairBytesMax = 255;

    /// <summary>The most bytes of a reason.</summary>
    public const int ReasonBytesMax = 256;

    private const int LabelBytesMax = 63;

    // These are names of the zone's own.
    private static readonly string[] Reserved = ["ns", "instance"];

    /// <summary>What is wrong with an instance; null where nothing is.</summary>
    /// <param name="endpoint">The instance.</param>
    public static string? Violation(ServiceEndpoint endpoint)
    {
        if (!IsLabel(endpoint.Service) || Reserved.Contains(endpoint.Service))
            return $"the service's name '{endpoint.Service}' is not {LabelWords}, or is one of {string.Join(", ", Reserved)}";
        if (!IsLabel(endpoint.Instance))
            return $"the instance's name '{endpoint.Instance}' is not {LabelWords}";
        if (endpoint.Port is < 1 or > ushort.MaxValue)
            return $"the port must be from 1 to {ushort.MaxValue}, not {endpoint.Port}";
        if (endpoint.Priority is < 0 or > ushort.MaxValue || endpoint.Weight is < 0 or > ushort.MaxValue)
            return $"priority and weight must be from 0 to {ushort.MaxValue}, not {endpoint.Priority} and {endpoint.Weight}";
        if (endpoint.Tags.Count > TagsMax || !endpoint.Tags.All(IsLabel))
            return $"there may be {TagsMax} tags, each {LabelWords}";
        if (Encoding.UTF8.GetByteCount(endpoint.Reason) > ReasonBytesMax)
            return $"the reason may have {ReasonBytesMax} bytes";
        return MetadataViolation(endpoint.Metadata);
    }

    /// <summary>Whether a text is a label of a host's name: letters in lower case, digits and hyphens (RFC 1123, section 2.1).</summary>
    /// <param name="text">The text.</param>
    public static bool IsLabel(string text) =>
        text.Length is > 0 and <= LabelBytesMax && text[0] != '-' && text[^1] != '-'
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    private const string LabelWords = "1 to 63 lower-case letters, digits and hyphens, without a hyphen at an end";

    private static string? MetadataViolation(IReadOnlyList<KeyValuePair<string, string>> metadata)
    {
        if (metadata.Count > MetadataMax || metadata.Select(p => p.Key).Distinct(StringComparer.Ordinal).Count() < metadata.Count)
            return $"there may be {MetadataMax} pairs of metadata, with different names";
        foreach (var (name, value) in metadata)
            if (name.Length == 0 || name.Contains('=') || Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(value) + 1 > PairBytesMax)
                return $"the metadata '{name}' must have a name without an equals sign, and {PairBytesMax - 1} bytes altogether";
        return null;
    }
}
