using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Violations;
using Quorate.Cli.Scenarios.Workloads;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination;

namespace Quorate.Cli.Scenarios.Access;

/// <summary>
/// Gives a user access to a prefix and takes it away again, in one way or another; then writes a secret there. From that revision on nobody may
/// write below the prefix, end a lease with keys there, or ever see the secret.
/// </summary>
/// <param name="cluster">The cluster.</param>
/// <param name="board">What all know.</param>
/// <param name="line">Which line of grants it keeps.</param>
internal sealed class AccessAdmin(SimulatedCluster cluster, AccessBoard board, int line)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private const long LeaseSeconds = 3600;
    private static readonly TimeSpan KeepMax = TimeSpan.FromSeconds(3);
    private ClientCalls calls = null!;

    /// <summary>Works until the cluster ends, and then looks at what was written.</summary>
    /// <param name="machine">The clients' machine.</param>
    public async Task RunAsync(IMachine machine)
    {
        calls = new ClientCalls(cluster, machine);
        if (line == 0)
            await EnableAsync();
        while (!board.IsEnabled)
            await calls.ThinkAsync(Pause);
        for (var number = 0; !cluster.IsEnding; number++)
        {
            var grant = new AccessGrant(line, number);
            await GiveAsync(grant);
            board.Publish(line, grant);
            await calls.ThinkAsync(KeepMax);
            await TakeAsync(grant, calls.Random.Next(5));
            grant.GoneAt = await WriteSecretAsync(grant);
            cluster.Metrics.Add(grant.IsSure ? "access taken away" : "access taken away, perhaps");
            await calls.ThinkAsync(KeepMax);
            await CheckAsync(grant);
        }
    }

    private async Task EnableAsync()
    {
        await UntilDoneAsync(auth => auth.UserAddAsync("root", "root", false), CoordinationError.UserAlreadyExists);
        await UntilDoneAsync(auth => auth.UserGrantRoleAsync("root", "root"));
        await UntilDoneAsync(auth => auth.EnableAsync());
        board.ForbiddenLease = await LeaseAsync();
        await UntilPutAsync(new PutRequest(AccessUser.Forbidden, default, board.ForbiddenLease));
        board.IsEnabled = true;
    }

    private async Task GiveAsync(AccessGrant grant)
    {
        var permission = new Permission(PermissionKind.ReadWrite, grant.Prefix, grant.PrefixEnd);
        grant.IsSure &= await UntilDoneAsync(
            auth => auth.UserAddAsync(grant.User, grant.Password, false), CoordinationError.UserAlreadyExists);
        grant.IsSure &= await UntilDoneAsync(auth => auth.RoleAddAsync(grant.Role), CoordinationError.RoleAlreadyExists);
        grant.IsSure &= await UntilDoneAsync(auth => auth.RoleGrantPermissionAsync(grant.Role, permission));
        grant.IsSure &= await UntilDoneAsync(auth => auth.UserGrantRoleAsync(grant.User, grant.Role));
        grant.Lease = await LeaseAsync();
    }

    private Task<bool> TakeAsync(AccessGrant grant, int way) => way switch
    {
        0 => UntilDoneAsync(
            auth => auth.RoleRevokePermissionAsync(grant.Role, grant.Prefix, grant.PrefixEnd), CoordinationError.PermissionNotGranted),
        1 => UntilDoneAsync(auth => auth.RoleDeleteAsync(grant.Role), CoordinationError.RoleNotFound),
        2 => UntilDoneAsync(auth => auth.UserRevokeRoleAsync(grant.User, grant.Role), CoordinationError.RoleNotGranted),
        3 => UntilDoneAsync(auth => auth.UserDeleteAsync(grant.User), CoordinationError.UserNotFound),
        // Nobody is told of the new password.
        _ => UntilDoneAsync(auth => auth.UserChangePasswordAsync(grant.User, "another")),
    };

    private async Task<long> WriteSecretAsync(AccessGrant grant)
    {
        var put = new PutRequest(grant.SecretKey, System.Text.Encoding.UTF8.GetBytes(AccessGrant.Secret), grant.Lease);
        if (await UntilPutAsync(put) is { } revision)
            return revision;
        // The user ended the lease while it might.
        cluster.Metrics.Add("access lease ended in time");
        grant.Lease = 0;
        return (await UntilPutAsync(put with { Lease = 0 }))!.Value;
    }

    /// <summary>Puts, however often it takes.</summary>
    /// <returns>The revision; null where the lease is not there.</returns>
    private async Task<long?> UntilPutAsync(PutRequest put)
    {
        while (true)
        {
            var result = await calls.CallAsync(store => store.PutAsync(put));
            if (result.Response is { } done)
                return done.Header.Revision;
            if (result.Code == CoordinationError.LeaseNotFound)
                return null;
            await calls.ThinkAsync(Pause);
        }
    }

    private async Task<long> LeaseAsync()
    {
        while (true)
        {
            if ((await calls.CallAsync(store => store.LeaseGrantAsync(0, LeaseSeconds))).Response is { } granted)
                return granted.Id;
            await calls.ThinkAsync(Pause);
        }
    }

    private async Task CheckAsync(AccessGrant grant)
    {
        while (true)
        {
            if ((await calls.CallAsync(store => store.RangeAsync(new RangeRequest(grant.Prefix, grant.PrefixEnd)))).Response is { } range)
            {
                Judge(grant, range.KeyValues);
                break;
            }

            await calls.ThinkAsync(Pause);
        }

        if (board.Violation is { } violation)
            throw new ViolationException(violation);
    }

    private static void Judge(AccessGrant grant, IReadOnlyList<KeyValue> found)
    {
        if (!grant.IsSure)
            return;
        if (found.FirstOrDefault(pair => pair.Key.Span.SequenceEqual(grant.Data.Span)) is { } data && data.ModRevision > grant.GoneAt)
            throw new ViolationException(
                $"{grant.User} wrote in revision {data.ModRevision}, and had no access from revision {grant.GoneAt} on");
        if (!found.Any(pair => pair.Key.Span.SequenceEqual(grant.SecretKey.Span)))
            throw new ViolationException($"what was written once {grant.User} had no access went with its lease, which nobody else ended");
    }

    /// <summary>Does a change, however often it takes.</summary>
    /// <param name="change">The change.</param>
    /// <param name="already">The error that means that an earlier attempt did it.</param>
    /// <returns>Whether no attempt can come late.</returns>
    private async Task<bool> UntilDoneAsync(Func<IAuthentication, ValueTask<ResponseHeader>> change, CoordinationError? already = null)
    {
        var isSure = true;
        while (true)
        {
            var node = calls.AnyNode();
            var result = await calls.CallAsync(node, _ => change(node.Administration!));
            if (result.End == CallEnd.Ok || (result.Code is { } code && code == already))
                return isSure;
            isSure &= result.End == CallEnd.Failed;
            await calls.ThinkAsync(Pause);
        }
    }
}
