using Quorate.Services.Coordination;

namespace Quorate.Services.Recipes.Sessions;

/// <summary>A key that a session made, and what was read in the same step.</summary>
/// <param name="Revision">The revision that made it; 0 where it was not made.</param>
/// <param name="SeenRevision">The revision of the reads.</param>
/// <param name="Reads">What was read.</param>
internal sealed record MadeKey(long Revision, long SeenRevision, IReadOnlyList<RangeResponse> Reads);
