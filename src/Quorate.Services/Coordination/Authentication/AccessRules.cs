namespace Quorate.Services.Coordination.Authentication;

/// <summary>Judges what a caller asks for by users, roles and permissions as they are now. Null means that it may.</summary>
/// <remarks>
/// Source: etcd v3.4, auth/store.go (isOpPermitted, IsAdminPermitted) and etcdserver/apply_auth.go. Departure: transactions within
/// transactions are judged as deep as they go; etcd 3.4 lets them pass.
/// </remarks>
internal static class AccessRules
{
    /// <summary>Whether it may read a range.</summary>
    public static CoordinationError? Read(AuthState auth, CallerIdentity caller, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> rangeEnd) =>
        Judge(auth, caller, key, rangeEnd, isWrite: false);

    /// <summary>Whether it may write a range.</summary>
    public static CoordinationError? Write(AuthState auth, CallerIdentity caller, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> rangeEnd) =>
        Judge(auth, caller, key, rangeEnd, isWrite: true);

    /// <summary>Whether it may do everything.</summary>
    public static CoordinationError? Admin(AuthState auth, CallerIdentity caller)
    {
        if (!auth.IsEnabled || caller.IsTrusted)
            return null;
        if (caller.User.Length == 0)
            return CoordinationError.UserEmpty;
        return auth.TryUser(caller.User, out var user) && user.IsRoot ? null : CoordinationError.PermissionDenied;
    }

    /// <summary>Whether it may do an operation, whichever way the comparisons of a transaction come out.</summary>
    public static CoordinationError? Operation(AuthState auth, CallerIdentity caller, Operation operation)
    {
        if (!auth.IsEnabled || caller.IsTrusted)
            return null;
        return operation switch
        {
            RangeRequest range => Read(auth, caller, range.Key, range.RangeEnd),
            PutRequest put => Write(auth, caller, put.Key, default) ?? (put.PreviousKeyValue ? Read(auth, caller, put.Key, default) : null),
            DeleteRangeRequest delete => Write(auth, caller, delete.Key, delete.RangeEnd)
                ?? (delete.PreviousKeyValues ? Read(auth, caller, delete.Key, delete.RangeEnd) : null),
            TxnRequest txn => Transaction(auth, caller, txn),
            _ => CoordinationError.PermissionDenied,
        };
    }

    /// <summary>Whether it may see what a role permits, or a user's roles: what is its own, or everything for root.</summary>
    /// <param name="auth">The state.</param>
    /// <param name="caller">The caller.</param>
    /// <param name="isOwn">Whether the user is the caller itself, or has the role.</param>
    public static CoordinationError? Look(AuthState auth, CallerIdentity caller, bool isOwn) =>
        Admin(auth, caller) is { } error && !isOwn ? error : null;

    private static CoordinationError? Transaction(AuthState auth, CallerIdentity caller, TxnRequest txn)
    {
        foreach (var compare in txn.Compare)
        {
            if (Read(auth, caller, compare.Key, compare.RangeEnd) is { } error)
                return error;
        }

        return All(auth, caller, txn.Success) ?? All(auth, caller, txn.Failure);
    }

    private static CoordinationError? All(AuthState auth, CallerIdentity caller, IReadOnlyList<Operation> operations)
    {
        foreach (var operation in operations)
        {
            if (Operation(auth, caller, operation) is { } error)
                return error;
        }

        return null;
    }

    private static CoordinationError? Judge(
        AuthState auth, CallerIdentity caller, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> rangeEnd, bool isWrite)
    {
        if (!auth.IsEnabled || caller.IsTrusted)
            return null;
        if (caller.Revision == 0)
            return CoordinationError.UserEmpty;
        if (caller.Revision < auth.Revision)
            return CoordinationError.AuthOldRevision;
        if (!auth.TryUser(caller.User, out var user))
            return CoordinationError.PermissionDenied;
        if (user.IsRoot)
            return null;
        var ranges = auth.RangesOf(user);
        return (isWrite ? ranges.Write : ranges.Read).Cover(key, rangeEnd) ? null : CoordinationError.PermissionDenied;
    }
}
