using Quorate.Checking.Findings;
using Quorate.Checking.Histories;

namespace Quorate.Checking.Sessions;

/// <summary>
/// Looks at what is said of a session again, from the operations of the witness alone: there must be a read that is nil or the value of a
/// write that its writer followed by another, which the reading session had a right to.
/// </summary>
internal static class SessionWitness
{
    public static bool Confirms(History history, Finding finding)
    {
        var o = finding.Operations;
        if (!o.All(history.Operations.Contains))
            return false;
        var read = o[^1];
        var (_, value) = Parts(read);
        var source = o.FirstOrDefault(w => IsWrite(w) && Same(w, read) && Parts(w).Value.Equals(value));
        bool Older(HistoryOperation than) => !Parts(than).Value.Equals(value) && Same(than, read)
            && (value.IsNil || source is not null && Follows(than, source));
        return finding.Name switch
        {
            SessionGuarantees.ReadYourWrites => Follows(read, o[0]) && Older(o[0]),
            SessionGuarantees.MonotonicReads when !IsWrite(o[0]) =>
                Follows(read, o[1]) && Follows(o[1], o[0]) && Same(o[0], o[1]) && Same(o[1], read)
                && Parts(o[0]).Value.Equals(value) && !Parts(o[1]).Value.Equals(value),
            SessionGuarantees.MonotonicReads => Follows(read, o[1]) && Saw(o[1], o[0]) && Older(o[0]),
            SessionGuarantees.MonotonicWrites =>
                Saw(o[2], o[1]) && (o[1] == o[0] || Follows(o[1], o[0])) && Follows(read, o[2]) && Older(o[0]),
            _ => Saw(o[1], o[0]) && Follows(o[2], o[1]) && Saw(o[3], o[2]) && Follows(read, o[3]) && Older(o[0]),
        };
    }

    private static (HistoryValue Key, HistoryValue Value) Parts(HistoryOperation operation) => SessionHistory.PartsOf(operation, "");

    private static bool IsWrite(HistoryOperation operation) => operation.Function is "write" or "put";

    private static bool Same(HistoryOperation a, HistoryOperation b) => Parts(a).Key.Equals(Parts(b).Key);

    private static bool Saw(HistoryOperation read, HistoryOperation write) =>
        !IsWrite(read) && IsWrite(write) && Parts(read).Equals(Parts(write));

    private static bool Follows(HistoryOperation later, HistoryOperation earlier) =>
        later.Process == earlier.Process && earlier.Outcome == HistoryOutcome.Ok && earlier.Completed < later.Invoked;
}
