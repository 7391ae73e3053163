namespace Quorate.Services.Coordination.Authentication;

/// <summary>Takes down who did what: changes of authentication and of members, log-ins, and calls that were refused.</summary>
public interface IAuditLog
{
    /// <summary>Takes one thing down. Called on the node's strand: it must not wait, and not throw.</summary>
    /// <param name="entry">What.</param>
    void Write(AuditEntry entry);
}

/// <summary>One thing that was done or refused. Neither values nor passwords nor tokens are in it.</summary>
/// <param name="At">When, by the node's wall clock.</param>
/// <param name="Node">On which node.</param>
/// <param name="User">Who; empty for nobody.</param>
/// <param name="From">From where.</param>
/// <param name="Method">What was called.</param>
/// <param name="On">On which user, role, member or keys.</param>
/// <param name="Outcome"><c>ok</c>, or the error's text.</param>
public sealed record AuditEntry(DateTimeOffset At, string Node, string User, string From, string Method, string On, string Outcome);
