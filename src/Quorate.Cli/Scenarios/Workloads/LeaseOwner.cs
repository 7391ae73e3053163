using System.Globalization;
using System.Text;
using Quorate.Cli.Scenarios.Clusters;
using Quorate.Cli.Scenarios.Violations;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination;

namespace Quorate.Cli.Scenarios.Workloads;

/// <summary>Grants leases with a key each, keeps them alive for a while, and looks that the key is there as long as it must be.</summary>
internal sealed class LeaseOwner(SimulatedCluster cluster, int number)
{
    // Clocks of nodes may run 5 % fast; the rest is room for rounding to whole seconds.
    private const double CertainPart = 0.85;
    private const int TtlSecondsMin = 3;
    private const int TtlSecondsMax = 8;
    private static readonly TimeSpan ThinkMax = TimeSpan.FromMilliseconds(800);
    private readonly List<OwnedLease> ended = [];
    private ClientCalls calls = null!;
    private int granted;

    /// <summary>The leases whose owner let go of them, and when.</summary>
    public IReadOnlyList<OwnedLease> Ended => ended;

    /// <summary>Owns one lease after another until the cluster ends.</summary>
    /// <param name="machine">The clients' machine.</param>
    public async Task RunAsync(IMachine machine)
    {
        calls = new ClientCalls(cluster, machine);
        var turns = cluster.World.OperationsOf($"owner-{number}");
        while (await turns.NextAsync(machine, ThinkMax, () => cluster.IsEnding) is { } turn)
        {
            (calls.Random, granted) = (turn.Random, turn.Ordinal);
            if (await GrantAsync() is { } lease)
                await OwnAsync(lease);
        }
    }

    private TimeSpan Now => cluster.World.Now;

    private async Task<OwnedLease?> GrantAsync()
    {
        var ttl = calls.Random.Next(TtlSecondsMin, TtlSecondsMax + 1);
        var id = number * 1_000_000L + ++granted;
        var key = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"lease/{id}"));
        var begun = Now;
        var grant = await calls.CallAsync(s => s.LeaseGrantAsync(id, ttl));
        cluster.Metrics.Add($"grant {grant.End.ToString().ToLowerInvariant()}");
        if (grant.Response is not { } response)
            return null;
        var life = TimeSpan.FromSeconds(response.TtlSeconds);
        var lease = new OwnedLease(id, key, life, begun + life * CertainPart);
        var put = await calls.CallAsync(s => s.PutAsync(new PutRequest(key, default, Lease: id)));
        if (put.Code == CoordinationError.LeaseNotFound && Now < lease.CertainUntil)
            throw Gone(lease, "when its key was put");
        if (put.End != CallEnd.Ok)
            return Ending(lease);
        return lease;
    }

    /// <summary>Keeps the lease for a random while, by keep-alives that may fail; looks at the key in between.</summary>
    private async Task OwnAsync(OwnedLease lease)
    {
        if (lease.LetGo is not null)
            return;
        var until = Now + TimeSpan.FromSeconds(calls.Random.Next(30));
        while (Now < until && !cluster.IsEnding)
        {
            if (!await RenewAsync(lease))
                break;
            await LookAsync(lease);
            await calls.ThinkAsync(lease.Ttl / 3);
            await LookAsync(lease);
        }
        if (calls.Random.Next(3) == 0)
            cluster.Metrics.Add($"revoke {(await calls.CallAsync(s => s.LeaseRevokeAsync(lease.Id))).End.ToString().ToLowerInvariant()}");
        Ending(lease);
    }

    private async Task<bool> RenewAsync(OwnedLease lease)
    {
        var begun = Now;
        var renewal = await calls.CallAsync(s => s.LeaseKeepAliveAsync(lease.Id));
        cluster.Metrics.Add($"renew {renewal.End.ToString().ToLowerInvariant()}");
        var missing = renewal.Code == CoordinationError.LeaseNotFound || renewal.Response is { TtlSeconds: 0 };
        if (missing && Now < lease.CertainUntil)
            throw Gone(lease, "when it was renewed");
        if (missing)
            return false;
        if (renewal.Response is { } response)
            lease.CertainUntil = begun + TimeSpan.FromSeconds(response.TtlSeconds) * CertainPart;
        return true;
    }

    private async Task LookAsync(OwnedLease lease)
    {
        var look = await calls.CallAsync(s => s.RangeAsync(new RangeRequest(lease.Key)));
        if (look.Response is not { } range || Now >= lease.CertainUntil)
            return;
        cluster.Metrics.Add("looks that count");
        if (range.Count == 0)
            throw Gone(lease, "when its key was read");
    }

    private OwnedLease? Ending(OwnedLease lease)
    {
        lease.LetGo = Now;
        ended.Add(lease);
        return null;
    }

    private ViolationException Gone(OwnedLease lease, string when) =>
        new($"lease {lease.Id} of {lease.Ttl.TotalSeconds} s was gone {when}, at {Now}; it was sure to last until {lease.CertainUntil}");
}

/// <summary>A lease and what its owner may rely on.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Key">The key that goes with it.</param>
/// <param name="Ttl">Its time to live.</param>
/// <param name="CertainUntil">Until when it cannot have expired.</param>
internal sealed record OwnedLease(long Id, byte[] Key, TimeSpan Ttl, TimeSpan CertainUntil)
{
    /// <summary>Until when it cannot have expired: its last known renewal began that long before.</summary>
    public TimeSpan CertainUntil { get; set; } = CertainUntil;

    /// <summary>When its owner let go of it, or null.</summary>
    public TimeSpan? LetGo { get; set; }
}
