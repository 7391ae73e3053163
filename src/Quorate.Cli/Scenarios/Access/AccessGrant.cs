using System.Globalization;
using System.Text;

namespace Quorate.Cli.Scenarios.Access;

/// <summary>
/// Access that one user has to one prefix, until it is taken away for good: no later grant has its names, so that a late command of an earlier
/// attempt cannot give it back.
/// </summary>
/// <param name="line">Which line of grants it is in.</param>
/// <param name="number">Its number in the line.</param>
internal sealed class AccessGrant(int line, int number)
{
    /// <summary>What nobody may see who had access.</summary>
    public const string Secret = "secret";

    /// <summary>The user's name.</summary>
    public string User { get; } = string.Create(CultureInfo.InvariantCulture, $"user-{line}-{number}");

    /// <summary>The role that gives the access.</summary>
    public string Role { get; } = string.Create(CultureInfo.InvariantCulture, $"role-{line}-{number}");

    /// <summary>The user's password.</summary>
    public string Password { get; } = string.Create(CultureInfo.InvariantCulture, $"password-{line}-{number}");

    /// <summary>The first key of the prefix.</summary>
    public ReadOnlyMemory<byte> Prefix { get; } = Key(line, number, "/");

    /// <summary>The first key behind it.</summary>
    public ReadOnlyMemory<byte> PrefixEnd { get; } = Key(line, number, "0");

    /// <summary>The key that the user writes.</summary>
    public ReadOnlyMemory<byte> Data { get; } = Key(line, number, "/data");

    /// <summary>The key that is written once the access is taken away.</summary>
    public ReadOnlyMemory<byte> SecretKey { get; } = Key(line, number, "/secret");

    /// <summary>
    /// The lease that the secret is to hang on. Anybody may revoke it as long as it has no keys, and who has no access may not any more once it has.
    /// </summary>
    public long Lease { get; set; }

    /// <summary>Whether every step of giving it has ended, so that none can come late.</summary>
    public bool IsSure { get; set; } = true;

    /// <summary>From this revision on the user has no access; 0 as long as that is not known.</summary>
    public long GoneAt { get; set; }

    private static byte[] Key(int line, int number, string end) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"access/{line}/{number:d6}{end}"));
}
