using System.Security.Cryptography;
using Quorate.Cli.Nodes;
using Quorate.Services.Coordination.Authentication;

namespace Quorate.Scenarios.Cli;

/// <summary>The flag that says what a log-in gives, with keys as openssl writes them.</summary>
public sealed class TokenFlagTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("quorate-tokens-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("RS256")]
    [InlineData("RS384")]
    [InlineData("PS256")]
    [InlineData("PS512")]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("ES512")]
    public void Tokens_of_one_member_are_read_by_another_that_has_the_public_key_alone(string method)
    {
        using var key = KeyOf(method);
        foreach (var own in (string[])[key.ExportPkcs8PrivateKeyPem(), Traditional(key)])
        {
            var (secret, known) = (Write("own", own), Write("known", key.ExportSubjectPublicKeyInfoPem()));
            var signing = Tokens($"jwt,priv-key={secret},pub-key={known},sign-method={method},ttl=10m");
            var checking = Tokens($"jwt,pub-key={known},sign-method={method}");
            var token = signing.Sign("alice", 7);
            Assert.Equal(CallerIdentity.Of("alice", 7), signing.Read(token));
            Assert.Equal(CallerIdentity.Of("alice", 7), checking.Read(token));
        }
    }

    [Theory]
    [InlineData("HS256", 32)]
    [InlineData("HS384", 48)]
    [InlineData("HS512", 64)]
    public void A_secret_is_the_bytes_of_its_file(string method, int bytes)
    {
        var file = Path.Combine(folder, "secret");
        File.WriteAllBytes(file, [.. Enumerable.Range(0, bytes).Select(i => (byte)(200 + i))]);
        var tokens = Tokens($"jwt,priv-key={file},sign-method={method}");
        Assert.Equal(CallerIdentity.Of("bob", 3), tokens.Read(tokens.Sign("bob", 3)));
    }

    [Theory]
    [InlineData("secret", "must be simple, or begin with jwt")]
    [InlineData("jwt,sign-method=RS256", "needs priv-key")]
    [InlineData("jwt,priv-key=FILE", "needs sign-method")]
    [InlineData("jwt,pub-key=FILE,sign-method=HS256", "needs priv-key")]
    [InlineData("jwt,priv-key=FILE,sign-method=RS256", "--auth-token: ")]
    [InlineData("jwt,priv-key=FILE,sign-method=none", "--auth-token: ")]
    [InlineData("jwt,priv-key=FILE,priv-key=FILE,sign-method=RS256", "once")]
    [InlineData("jwt,priv-key=FILE,sign-method=ES256,ttl=soon", "must be a duration")]
    [InlineData("jwt,priv-key=NONE,sign-method=ES256", "--auth-token: ")]
    public void What_cannot_be_is_refused_with_what_is_wrong(string flag, string message)
    {
        using var key = KeyOf("ES256");
        var text = flag.Replace("FILE", Write("key", key.ExportPkcs8PrivateKeyPem())).Replace("NONE", Path.Combine(folder, "none"));
        Assert.Contains(message, Assert.Throws<UsageException>(() => TokenFlag.Read(text)).Message);
    }

    [Fact]
    public void Simple_tokens_need_nothing() => Assert.Null(TokenFlag.Read("simple"));

    private static JsonWebTokens Tokens(string flag) => new(TokenFlag.Read(flag)!, TimeProvider.System);

    private static AsymmetricAlgorithm KeyOf(string method) => method switch
    {
        "ES256" => ECDsa.Create(ECCurve.NamedCurves.nistP256),
        "ES384" => ECDsa.Create(ECCurve.NamedCurves.nistP384),
        "ES512" => ECDsa.Create(ECCurve.NamedCurves.nistP521),
        _ => RSA.Create(2048),
    };

    // "BEGIN RSA PRIVATE KEY" and "BEGIN EC PRIVATE KEY".
    private static string Traditional(AsymmetricAlgorithm key) =>
        key is RSA rsa ? rsa.ExportRSAPrivateKeyPem() : ((ECDsa)key).ExportECPrivateKeyPem();

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
