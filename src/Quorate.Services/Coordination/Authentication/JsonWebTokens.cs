using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Quorate.Services.Coordination.Authentication;

/// <summary>Signs and checks tokens that say whose they are themselves, so that no member has to remember them.</summary>
/// <remarks>
/// Guarantee: a token is accepted only with the configured method's signature, before its end. It carries the revision of users and roles:
/// after any change of those its holder must log in again.
/// Cost: a signature's check, once for each token on each node; the last <see cref="KnownMax"/> are remembered.
/// Source: RFC 7519, RFC 7515 (compact form), RFC 8725, section 3.1 (the method is not the token's choice); etcd v3.4, auth/jwt.go (claims).
/// </remarks>
internal sealed class JsonWebTokens
{
    private const int KnownMax = 4_096;
    private const int TokenCharsMax = 16 << 10;
    private readonly JwtOptions options;
    private readonly TimeProvider clock;
    private readonly HashAlgorithmName hash;
    private readonly Dictionary<string, Claims> known = new(StringComparer.Ordinal);

    /// <summary>Checks the options.</summary>
    /// <param name="options">The method and its key.</param>
    /// <param name="clock">The clock.</param>
    /// <exception cref="ArgumentException">Method and key do not go together.</exception>
    public JsonWebTokens(JwtOptions options, TimeProvider clock)
    {
        (this.options, this.clock) = (options, clock);
        hash = options.Method.Length == 5 ? options.Method[2..] switch
        {
            "256" => HashAlgorithmName.SHA256,
            "384" => HashAlgorithmName.SHA384,
            "512" => HashAlgorithmName.SHA512,
            _ => throw Unknown(options),
        } : throw Unknown(options);
        var fits = options.Method[..2] switch
        {
            "RS" or "PS" => options.Key is RSA { KeySize: >= 2048 },
            "ES" => options.Key is ECDsa key && key.KeySize == (options.Method == "ES512" ? 521 : int.Parse(options.Method[2..], null)),
            "HS" => options.Secret.Length >= 32,
            _ => throw Unknown(options),
        };
        if (!fits)
            throw new ArgumentException(
                $"{options.Method} needs another key: RSA of 2,048 bits, the method's curve, or 32 secret bytes.", nameof(options));
        if (options.Ttl <= TimeSpan.Zero)
            throw new ArgumentException("The time to live of tokens must be more than nothing.", nameof(options));
    }

    /// <summary>A token of a user.</summary>
    /// <param name="user">The user.</param>
    /// <param name="revision">The revision of users and roles.</param>
    /// <exception cref="CoordinationException">This node has only the public key.</exception>
    public string Sign(string user, long revision)
    {
        if (!options.CanSign)
            throw new CoordinationException(CoordinationError.Internal, "etcdserver: this member has no key to sign tokens with");
        var end = clock.GetUtcNow().Add(options.Ttl).ToUnixTimeSeconds();
        var claims = Json(json =>
        {
            json.WriteNumber("exp", end);
            json.WriteNumber("revision", revision);
            json.WriteString("username", user);
        });
        var header = Json(json =>
        {
            json.WriteString("alg", options.Method);
            json.WriteString("typ", "JWT");
        });
        var text = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(claims)}";
        return $"{text}.{Base64Url.EncodeToString(Signature(Encoding.ASCII.GetBytes(text)))}";
    }

    /// <summary>Whose a token is.</summary>
    /// <param name="token">The token.</param>
    /// <returns>Null where it is not accepted.</returns>
    public CallerIdentity? Read(string token)
    {
        if (!known.TryGetValue(token, out var claims))
        {
            if (Check(token) is not { } checkedClaims)
                return null;
            if (known.Count >= KnownMax)
                known.Clear();
            claims = known[token] = checkedClaims;
        }

        return claims.End > clock.GetUtcNow().ToUnixTimeSeconds() ? CallerIdentity.Of(claims.User, claims.Revision) : null;
    }

    private Claims? Check(string token)
    {
        var parts = token.Length <= TokenCharsMax ? token.Split('.') : [];
        if (parts.Length != 3)
            return null;
        try
        {
            using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0]));
            if (header.RootElement.GetProperty("alg").GetString() != options.Method)
                return null;
            if (!IsSigned(Encoding.ASCII.GetBytes(token[..token.LastIndexOf('.')]), Base64Url.DecodeFromChars(parts[2])))
                return null;
            using var body = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
            var claims = body.RootElement;
            // Numbers may come as floating point, as etcd's own library writes large ones.
            return new Claims(
                claims.GetProperty("username").GetString() ?? "", (long)claims.GetProperty("revision").GetDouble(),
                (long)claims.GetProperty("exp").GetDouble());
        }
        catch (Exception e) when (e is FormatException or JsonException or KeyNotFoundException or InvalidOperationException
            or CryptographicException)
        {
            return null;
        }
    }

    private byte[] Signature(byte[] text) => options.Method[..2] switch
    {
        "RS" => ((RSA)options.Key!).SignData(text, hash, RSASignaturePadding.Pkcs1),
        "PS" => ((RSA)options.Key!).SignData(text, hash, RSASignaturePadding.Pss),
        "ES" => ((ECDsa)options.Key!).SignData(text, hash),
        _ => Keyed(text),
    };

    private bool IsSigned(byte[] text, byte[] signature) => options.Method[..2] switch
    {
        "RS" => ((RSA)options.Key!).VerifyData(text, signature, hash, RSASignaturePadding.Pkcs1),
        "PS" => ((RSA)options.Key!).VerifyData(text, signature, hash, RSASignaturePadding.Pss),
        "ES" => ((ECDsa)options.Key!).VerifyData(text, signature, hash),
        _ => CryptographicOperations.FixedTimeEquals(Keyed(text), signature),
    };

    private byte[] Keyed(byte[] text) => CryptographicOperations.HmacData(hash, options.Secret.Span, text);

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static ArgumentException Unknown(JwtOptions options) =>
        new($"{options.Method} is no method of signing: RS, PS, ES or HS with 256, 384 or 512.", nameof(options));

    private readonly record struct Claims(string User, long Revision, long End);
}
