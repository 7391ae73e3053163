using System.Globalization;
using System.Text;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination.Authentication;

namespace Quorate.Services.Coordination.Serving;

/// <summary>Takes down who did what, and what was refused.</summary>
/// <param name="machine">The machine: its clock, its name, and its telemetry where there is no log.</param>
/// <param name="log">Where to; null for telemetry.</param>
internal sealed class AuditTrail(IMachine machine, IAuditLog? log)
{
    private const int KeyCharsMax = 256;

    /// <summary>Takes one thing down.</summary>
    /// <param name="caller">What the caller showed; null for the process itself.</param>
    /// <param name="user">Who the caller is.</param>
    /// <param name="method">What was called.</param>
    /// <param name="on">On what.</param>
    /// <param name="outcome"><c>ok</c>, or the error's text.</param>
    public void Write(ClientCredentials? caller, string user, string method, string on, string outcome)
    {
        var entry = new AuditEntry(machine.Clock.GetUtcNow(), machine.Name, user, caller?.From ?? "this process", method, on, outcome);
        if (log is not null)
            log.Write(entry);
        else
            machine.Telemetry.Record(Severity.Information, "audit", Text(entry));
    }

    /// <summary>Takes a call down that was refused for who made it. For use as an exception's filter.</summary>
    /// <param name="e">Why it was refused.</param>
    /// <param name="caller">What the caller showed; null for the process itself.</param>
    /// <param name="user">Who the caller is.</param>
    /// <param name="asked">What was asked for.</param>
    /// <returns>Never.</returns>
    public bool Refused(CoordinationException e, ClientCredentials? caller, string user, Operation asked)
    {
        if (caller is not null && IsRefusal(e.Error))
            Write(caller, user, MethodOf(asked), KeysOf(asked), e.Message);
        return false;
    }

    /// <summary>As the other one.</summary>
    public bool Refused(CoordinationException e, ClientCredentials? caller, string user, string method, string on)
    {
        if (caller is not null && IsRefusal(e.Error))
            Write(caller, user, method, on, e.Message);
        return false;
    }

    /// <summary>Whether an error means that the caller may not do what it asked for.</summary>
    /// <param name="error">The error.</param>
    public static bool IsRefusal(CoordinationError error) => error is CoordinationError.PermissionDenied or CoordinationError.UserEmpty
        or CoordinationError.InvalidAuthToken or CoordinationError.AuthOldRevision or CoordinationError.AuthFailed
        or CoordinationError.NoPasswordUser or CoordinationError.TooManyLogins;

    /// <summary>A range of keys for people: printable, and cut where it is long.</summary>
    /// <param name="key">The key, or the first one.</param>
    /// <param name="rangeEnd">The range's end.</param>
    public static string Shown(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> rangeEnd) =>
        rangeEnd.IsEmpty ? Shown(key) : $"[{Shown(key)}, {Shown(rangeEnd)})";

    private static string Shown(ReadOnlyMemory<byte> key)
    {
        var text = new StringBuilder();
        foreach (var b in key.Span)
        {
            if (text.Length >= KeyCharsMax)
                return text.Append('…').ToString();
            if (b is >= 0x20 and < 0x7F and not (byte)'\\')
                text.Append((char)b);
            else
                text.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}");
        }

        return text.ToString();
    }

    private static string MethodOf(Operation asked) => asked switch
    {
        RangeRequest => "Range",
        PutRequest => "Put",
        DeleteRangeRequest => "DeleteRange",
        _ => "Txn",
    };

    private static string KeysOf(Operation asked) => asked switch
    {
        RangeRequest range => Shown(range.Key, range.RangeEnd),
        PutRequest put => Shown(put.Key),
        DeleteRangeRequest delete => Shown(delete.Key, delete.RangeEnd),
        TxnRequest txn => KeysOf(txn),
        _ => "",
    };

    private static string KeysOf(TxnRequest txn)
    {
        var keys = txn.Compare.Select(compare => Shown(compare.Key, compare.RangeEnd)).Concat(txn.Success.Concat(txn.Failure).Select(KeysOf));
        var text = string.Join(", ", keys.Take(8));
        return text.Length <= 4 * KeyCharsMax ? text : text[..(4 * KeyCharsMax)];
    }

    private static string Text(AuditEntry entry) =>
        $"{(entry.User.Length == 0 ? "nobody" : entry.User)} from {entry.From}: {entry.Method} {entry.On}: {entry.Outcome}";
}
