using System.Security.Cryptography;
using Quorate.Services.Coordination.Authentication;

namespace Quorate.Cli.Nodes;

/// <summary>What a log-in gives, as etcd's flag says it.</summary>
/// <remarks>Source: etcd 3.4, auth/options.go: <c>jwt,pub-key=FILE,priv-key=FILE,sign-method=METHOD,ttl=DURATION</c>.</remarks>
internal static class TokenFlag
{
    /// <summary>Random tokens, which the members remember.</summary>
    public const string Simple = "simple";

    private static readonly string[] Known = ["pub-key", "priv-key", "sign-method", "ttl"];

    /// <summary>Reads the flag.</summary>
    /// <param name="text">Its value.</param>
    /// <returns>Null for simple tokens.</returns>
    /// <exception cref="UsageException">It cannot be understood, or a key cannot be read.</exception>
    public static JwtOptions? Read(string text)
    {
        var parts = text.Split(',');
        if (parts is [Simple])
            return null;
        if (parts[0] != "jwt")
            throw new UsageException($"--auth-token must be simple, or begin with jwt, not '{parts[0]}'.");
        var given = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in parts.Skip(1))
        {
            var mark = part.IndexOf('=', StringComparison.Ordinal);
            if (mark < 1 || !Known.Contains(part[..mark]) || !given.TryAdd(part[..mark], part[(mark + 1)..]))
                throw new UsageException($"--auth-token jwt takes each of {string.Join(", ", Known)} once, with '=' and a value, and not '{part}'.");
        }

        return Read(given);
    }

    private static JwtOptions Read(SortedDictionary<string, string> given)
    {
        if (!given.TryGetValue("sign-method", out var method))
            throw new UsageException("--auth-token jwt needs sign-method.");
        var (own, other) = (given.GetValueOrDefault("priv-key"), given.GetValueOrDefault("pub-key"));
        if (own is null && (other is null || method.StartsWith("HS", StringComparison.Ordinal)))
            throw new UsageException("--auth-token jwt needs priv-key, or pub-key to check tokens alone.");
        var ttl = given.TryGetValue("ttl", out var duration)
            ? GoDuration.TryRead(duration) ?? throw new UsageException($"--auth-token's ttl must be a duration such as 5m, not '{duration}'.")
            : TimeSpan.FromMinutes(5);
        try
        {
            var isSecret = method.StartsWith("HS", StringComparison.Ordinal);
            var options = new JwtOptions
            {
                Method = method,
                Key = isSecret ? null : KeyOf(method, File.ReadAllText(own ?? other!)),
                Secret = isSecret ? File.ReadAllBytes(own!) : default,
                CanSign = own is not null,
                Ttl = ttl,
            };
            options.Check();
            return options;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or CryptographicException)
        {
            throw new UsageException($"--auth-token: {e.Message}");
        }
    }

    private static AsymmetricAlgorithm KeyOf(string method, string pem)
    {
        AsymmetricAlgorithm key = method.StartsWith("ES", StringComparison.Ordinal) ? ECDsa.Create() : RSA.Create();
        key.ImportFromPem(pem);
        return key;
    }
}
