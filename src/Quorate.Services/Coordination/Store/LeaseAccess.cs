using Quorate.Services.Coordination.Authentication;

namespace Quorate.Services.Coordination.Store;

/// <summary>
/// Whether a caller may have to do with a lease: ending it deletes its keys, so whoever ends it, or hangs a key of its own on it, must be
/// allowed to write all of them.
/// </summary>
/// <remarks>
/// Source: etcd v3.4, etcdserver/apply_auth.go, checkLeasePuts. Departure: puts in transactions are judged too; etcd 3.4 lets them pass.
/// </remarks>
internal static class LeaseAccess
{
    /// <summary>Whether it may write every key of a lease; a lease that is not there has none.</summary>
    /// <param name="state">The store.</param>
    /// <param name="caller">The caller.</param>
    /// <param name="id">The lease.</param>
    public static CoordinationError? OfKeys(MvccState state, CallerIdentity caller, long id)
    {
        if (!state.Auth.IsEnabled || caller.IsTrusted || !state.Leases.TryFind(id, out var lease))
            return null;
        foreach (var node in lease.KeysInOrder())
        {
            if (AccessRules.Write(state.Auth, caller, node.Key, default) is { } error)
                return error;
        }

        return null;
    }

    /// <summary>Whether it may hang keys on the leases that the puts of an operation name.</summary>
    /// <param name="state">The store.</param>
    /// <param name="caller">The caller.</param>
    /// <param name="operation">The operation.</param>
    public static CoordinationError? OfPuts(MvccState state, CallerIdentity caller, Operation operation)
    {
        if (!state.Auth.IsEnabled || caller.IsTrusted)
            return null;
        return operation switch
        {
            PutRequest put => OfKeys(state, caller, put.Lease),
            TxnRequest txn => OfAll(state, caller, txn.Success) ?? OfAll(state, caller, txn.Failure),
            _ => null,
        };
    }

    private static CoordinationError? OfAll(MvccState state, CallerIdentity caller, IReadOnlyList<Operation> operations)
    {
        foreach (var operation in operations)
        {
            if (OfPuts(state, caller, operation) is { } error)
                return error;
        }

        return null;
    }
}
