using Quorate.Services.Coordination.Authentication;

namespace Quorate.Services.Coordination.Serving;

/// <summary>A log-in between its two visits on the strand: what its password must be held against.</summary>
/// <param name="Name">The user.</param>
/// <param name="Hash">The password's hash; of nobody, so that it takes as long, where there is no such user.</param>
/// <param name="IsUser">Whether there is such a user.</param>
/// <param name="Revision">The revision of users and roles.</param>
internal sealed record LoginAttempt(string Name, PasswordHash Hash, bool IsUser, long Revision);
