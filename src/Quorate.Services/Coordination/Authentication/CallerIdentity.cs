namespace Quorate.Services.Coordination.Authentication;

/// <summary>Whom a call is judged as, and by which state of users and roles that was found out.</summary>
/// <param name="User">The user; empty for nobody.</param>
/// <param name="Revision">The revision of users and roles; 0 for nobody.</param>
/// <param name="IsTrusted">Whether the call comes from within the process, and is not judged.</param>
internal readonly record struct CallerIdentity(string User, long Revision, bool IsTrusted)
{
    /// <summary>A caller that has not said who it is.</summary>
    public static CallerIdentity Nobody => new("", 0, false);

    /// <summary>The process itself.</summary>
    public static CallerIdentity Trusted => new("", 0, true);

    /// <summary>A user.</summary>
    /// <param name="user">The name.</param>
    /// <param name="revision">The revision of users and roles by which that was found out.</param>
    public static CallerIdentity Of(string user, long revision) => new(user, revision, false);
}
