namespace Quorate.Services.Coordination.Authentication;

/// <summary>The settings of authentication; all members of a cluster should have the same.</summary>
public sealed record AuthOptions
{
    /// <summary>
    /// How often the hash of a new password is repeated: about 60 ms for the default, 200,000. From 1 to 10,000,000; hashes of other
    /// numbers go on being checked.
    /// </summary>
    public int PasswordIterations { get; init; } = 200_000;

    /// <summary>How many passwords are hashed at once. Default 1; at least 1.</summary>
    public int HashesAtOnce { get; init; } = 1;

    /// <summary>How long a token lives without being used, where tokens are not signed. Default 5 min, as etcd's.</summary>
    public TimeSpan TokenTtl { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Signs tokens instead of remembering them. Default null: tokens are random, and all members are told of them.</summary>
    public JwtOptions? Jwt { get; init; }

    /// <summary>Where the audit log goes. Default null: to the machine's telemetry, as information of <c>audit</c>.</summary>
    public IAuditLog? Audit { get; init; }
}
