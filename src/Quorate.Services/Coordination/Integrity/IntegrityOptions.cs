namespace Quorate.Services.Coordination.Integrity;

/// <summary>How replicas are compared in the background.</summary>
/// <param name="Interval">
/// How often the leader compares, and up to a tenth more; ten times as often while an alarm of corruption is raised. At least 1 s.
/// </param>
/// <param name="GiveUpData">
/// Has this node begin anew with its peers' data; the argument says why. It fails where the node cannot.
/// </param>
public sealed record IntegrityOptions(TimeSpan Interval, Func<string, Task> GiveUpData);
