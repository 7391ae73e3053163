namespace Quorate.Cli.Scenarios.Access;

/// <summary>What administrators and users of a run know of each other.</summary>
internal sealed class AccessBoard
{
    private readonly List<AccessGrant> grants = [];
    private readonly SortedDictionary<int, AccessGrant> current = [];

    /// <summary>Whether authentication is on.</summary>
    public bool IsEnabled { get; set; }

    /// <summary>A lease with a key that no user may write.</summary>
    public long ForbiddenLease { get; set; }

    /// <summary>What somebody saw or did that nobody may.</summary>
    public string? Violation { get; set; }

    /// <summary>All grants.</summary>
    public IReadOnlyList<AccessGrant> Grants => grants;

    /// <summary>The newest grant of a line; null before the first.</summary>
    public AccessGrant? Of(int line) => current.GetValueOrDefault(line);

    /// <summary>A grant is complete: its user may log in.</summary>
    public void Publish(int line, AccessGrant grant)
    {
        grants.Add(grant);
        current[line] = grant;
    }
}
