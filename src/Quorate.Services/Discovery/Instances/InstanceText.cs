using System.Buffers;
using System.Net;
using System.Text.Json;

namespace Quorate.Services.Discovery.Instances;

/// <summary>An instance as it stands in its key: JSON, which people and other languages write, too. docs/formats.md has it.</summary>
internal static class InstanceText
{
    /// <summary>The most bytes of a text.</summary>
    public const int BytesMax = 8 << 10;

    /// <summary>The most bytes that a reason of 64 characters takes, each escaped, with its name.</summary>
    public const int ReasonBytesMax = 512;

    private const int DepthMax = 3;
    private static readonly JsonReaderOptions Strict = new() { MaxDepth = DepthMax };

    /// <summary>Writes an instance.</summary>
    /// <param name="endpoint">The instance, within its bounds.</param>
    public static byte[] Write(ServiceEndpoint endpoint)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("address"u8, endpoint.Address.ToString());
            json.WriteNumber("port"u8, endpoint.Port);
            WriteTags(json, endpoint.Tags);
            WriteMetadata(json, endpoint.Metadata);
            json.WriteNumber("priority"u8, endpoint.Priority);
            json.WriteNumber("weight"u8, endpoint.Weight);
            json.WriteBoolean("healthy"u8, endpoint.IsHealthy);
            if (endpoint.Reason.Length > 0)
                json.WriteString("reason"u8, endpoint.Reason);
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Reads an instance. What it does not know it passes over.</summary>
    /// <param name="service">The service, of its key.</param>
    /// <param name="instance">The instance, of its key.</param>
    /// <param name="revision">The revision that wrote it.</param>
    /// <param name="text">The text.</param>
    /// <param name="endpoint">The instance.</param>
    /// <param name="whyNot">Why it is none.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryRead(
        string service, string instance, long revision, ReadOnlySpan<byte> text, out ServiceEndpoint? endpoint, out string whyNot)
    {
        endpoint = null;
        if (text.Length > BytesMax)
        {
            whyNot = $"it has {text.Length} bytes, and {BytesMax} are allowed";
            return false;
        }

        try
        {
            endpoint = Read(service, instance, revision, text);
            whyNot = InstanceRules.Violation(endpoint) ?? "";
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            whyNot = e.Message;
        }

        if (whyNot.Length > 0)
            endpoint = null;
        return endpoint is not null;
    }

    private static ServiceEndpoint Read(string service, string instance, long revision, ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, Strict);
        using var document = JsonDocument.ParseValue(ref reader);
        if (reader.Read())
            throw new FormatException("something follows the object");
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
            throw new FormatException("it is no object");
        return new ServiceEndpoint(service, instance, Address(root), Number(root, "port", 0))
        {
            Tags = Tags(root),
            Metadata = Metadata(root),
            Priority = Number(root, "priority", 0),
            Weight = Number(root, "weight", 1),
            IsHealthy = !root.TryGetProperty("healthy"u8, out var healthy) || healthy.GetBoolean(),
            Reason = Text(root, "reason") ?? "",
            Revision = revision,
        };
    }

    private static IPAddress Address(JsonElement root)
    {
        var text = Text(root, "address") ?? throw new FormatException("it has no address");
        // "10.1" and "7" are read as addresses too, and seldom meant; a scope means nothing to others.
        var isOne = IPAddress.TryParse(text, out var address) && (text.Contains(':') || address.ToString() == text) && !text.Contains('%');
        return isOne ? address! : throw new FormatException($"'{text}' is no IP address");
    }

    private static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static int Number(JsonElement root, string name, int missing) => root.TryGetProperty(name, out var value) ? value.GetInt32() : missing;

    private static string[] Tags(JsonElement root) => root.TryGetProperty("tags"u8, out var tags)
        ? [.. tags.EnumerateArray().Select(t => t.GetString() ?? throw new FormatException("a tag is null"))]
        : [];

    private static KeyValuePair<string, string>[] Metadata(JsonElement root) => root.TryGetProperty("metadata"u8, out var metadata)
        ? [.. metadata.EnumerateObject()
            .Select(p => KeyValuePair.Create(p.Name, p.Value.GetString() ?? throw new FormatException($"'{p.Name}' is null")))
            .OrderBy(p => p.Key, StringComparer.Ordinal)]
        : [];

    private static void WriteTags(Utf8JsonWriter json, IReadOnlyList<string> tags)
    {
        if (tags.Count == 0)
            return;
        json.WriteStartArray("tags"u8);
        foreach (var tag in tags)
            json.WriteStringValue(tag);
        json.WriteEndArray();
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, string>> metadata)
    {
        if (metadata.Count == 0)
            return;
        json.WriteStartObject("metadata"u8);
        foreach (var (name, value) in metadata)
            json.WriteString(name, value);
        json.WriteEndObject();
    }
}
