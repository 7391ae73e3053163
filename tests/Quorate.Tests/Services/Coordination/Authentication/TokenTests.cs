using System.Security.Cryptography;
using System.Text;
using Quorate.Services.Coordination.Authentication;

namespace Quorate.Tests.Services.Coordination.Authentication;

/// <summary>Tokens that are remembered and tokens that are signed, and how fast passwords can be tried.</summary>
public sealed class TokenTests
{
    private readonly ManualClock clock = new();

    [Fact]
    public void A_token_lives_as_long_as_it_is_used()
    {
        var table = new TokenTable(clock, TimeSpan.FromMinutes(5));
        table.Add(TokenHash.Of("t"), "alice");
        clock.GoTo(TimeSpan.FromMinutes(4));
        Assert.Equal("alice", table.Use(TokenHash.Of("t")));
        clock.GoTo(TimeSpan.FromMinutes(8));
        Assert.Equal("alice", table.Use(TokenHash.Of("t")));
        clock.GoTo(TimeSpan.FromMinutes(13));
        Assert.Null(table.Use(TokenHash.Of("t")));
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void Tokens_end_with_their_user_and_only_those()
    {
        var table = new TokenTable(clock, TimeSpan.FromMinutes(5));
        table.Add(TokenHash.Of("1"), "alice");
        table.Add(TokenHash.Of("2"), "bob");
        table.Add(TokenHash.Of("3"), "alice");
        table.EndOf("alice");
        Assert.Equal((null, "bob", null), (table.Use(TokenHash.Of("1")), table.Use(TokenHash.Of("2")), table.Use(TokenHash.Of("3"))));
        table.EndAll();
        Assert.Null(table.Use(TokenHash.Of("2")));
    }

    [Fact]
    public void Their_number_is_bounded_and_the_one_that_is_used_stays()
    {
        var table = new TokenTable(clock, TimeSpan.FromMinutes(5));
        for (var i = 0; i < TokenTable.TokensOfUserMax + 10; i++)
        {
            table.Add(TokenHash.Of($"{i}"), "alice");
            Assert.NotNull(table.Use(TokenHash.Of("0")));
        }

        Assert.Equal(TokenTable.TokensOfUserMax, table.Count);
        Assert.Null(table.Use(TokenHash.Of("1")));
        for (var i = 0; i < TokenTable.TokensMax; i++)
            table.Add(TokenHash.Of($"of {i}"), $"user {i}");
        Assert.Equal(TokenTable.TokensMax, table.Count);
    }

    [Fact]
    public void A_name_has_ten_bad_log_ins_and_then_one_every_five_seconds()
    {
        var throttle = new LoginThrottle(clock);
        Assert.Equal(10, Tries(throttle, "root"));
        Assert.Equal(10, Tries(throttle, "other"));
        clock.GoTo(TimeSpan.FromSeconds(4.9));
        Assert.Equal(0, Tries(throttle, "root"));
        clock.GoTo(TimeSpan.FromSeconds(12));
        Assert.Equal(2, Tries(throttle, "root"));
        Assert.True(throttle.TryBegin("third"));
        throttle.Succeeded("third");
        Assert.Equal(10, Tries(throttle, "third"));
    }

    [Fact]
    public void All_names_together_have_a_hundred_and_then_five_a_second()
    {
        var throttle = new LoginThrottle(clock);
        Assert.Equal(100, Enumerable.Range(0, 1_000).Count(i => throttle.TryBegin($"user {i}")));
        clock.GoTo(TimeSpan.FromSeconds(2));
        Assert.Equal(10, Enumerable.Range(1_000, 1_000).Count(i => throttle.TryBegin($"user {i}")));
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("RS512")]
    [InlineData("PS256")]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("HS256")]
    public void A_signed_token_is_read_back_until_its_end(string method)
    {
        var tokens = Signed(method);
        var token = tokens.Sign("alice", 7);
        Assert.Equal(CallerIdentity.Of("alice", 7), tokens.Read(token));
        Assert.Null(Signed(method, other: true).Read(token));
        clock.GoTo(TimeSpan.FromMinutes(5));
        Assert.Null(tokens.Read(token));
    }

    [Fact]
    public void What_was_changed_is_not_accepted()
    {
        var tokens = Signed("HS256");
        var token = tokens.Sign("alice", 7);
        for (var i = 0; i < token.Length; i++)
        {
            var changed = token.ToCharArray();
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            // The last character of a part has bits that mean nothing: then it reads as before, or as nothing.
            Assert.True(tokens.Read(new string(changed)) is null || i == token.Length - 1, $"changed at {i}");
        }

        foreach (var nonsense in (string[])["", ".", "..", "a.b", "a.b.c", "a.b.c.d", token + ".x", "." + token, new string('x', 100_000)])
            Assert.Null(tokens.Read(nonsense));
    }

    [Fact]
    public void The_method_is_not_the_tokens_choice()
    {
        // RFC 8725, section 2.1: a token signed with the public key as secret, or not at all.
        using var key = RSA.Create(2048);
        var tokens = new JsonWebTokens(new JwtOptions { Method = "RS256", Key = key }, clock);
        var secret = key.ExportSubjectPublicKeyInfo();
        var forged = new JsonWebTokens(new JwtOptions { Method = "HS256", Secret = secret }, clock).Sign("root", 9);
        Assert.Null(tokens.Read(forged));
        var none = $"{Base64("{\"alg\":\"none\"}")}.{Base64("{\"exp\":99999999999,\"revision\":9,\"username\":\"root\"}")}.";
        Assert.Null(tokens.Read(none));
    }

    [Fact]
    public void A_key_that_does_not_go_with_the_method_is_refused()
    {
        using var small = RSA.Create(1024);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Throws<ArgumentException>(() => new JsonWebTokens(new JwtOptions { Method = "RS256", Key = small }, clock));
        Assert.Throws<ArgumentException>(() => new JsonWebTokens(new JwtOptions { Method = "RS256", Key = curve }, clock));
        Assert.Throws<ArgumentException>(() => new JsonWebTokens(new JwtOptions { Method = "ES384", Key = curve }, clock));
        Assert.Throws<ArgumentException>(() => new JsonWebTokens(new JwtOptions { Method = "HS256", Secret = new byte[8] }, clock));
        Assert.Throws<ArgumentException>(() => new JsonWebTokens(new JwtOptions { Method = "none" }, clock));
    }

    private static string Base64(string text) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static int Tries(LoginThrottle throttle, string name) => Enumerable.Range(0, 100).Count(_ => throttle.TryBegin(name));

    private JsonWebTokens Signed(string method, bool other = false) => new(
        method[..2] switch
        {
            "HS" => new JwtOptions { Method = method, Secret = Encoding.ASCII.GetBytes(new string(other ? 'x' : 'y', 64)) },
            "ES" => new JwtOptions
            {
                Method = method,
                Key = ECDsa.Create(method == "ES256" ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP384),
            },
            _ => new JwtOptions { Method = method, Key = RSA.Create(2048) },
        },
        clock);
}
