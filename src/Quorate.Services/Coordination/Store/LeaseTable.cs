using System.Diagnostics.CodeAnalysis;

namespace Quorate.Services.Coordination.Store;

/// <summary>All leases.</summary>
internal sealed class LeaseTable
{
    private readonly Dictionary<long, Lease> leases = [];

    /// <summary>How many there are.</summary>
    public int Count => leases.Count;

    /// <summary>
    /// The term in which the newest leader took the deadlines over. Only that leader may let a lease run out: an older one may not have
    /// heard of renewals.
    /// </summary>
    public long LessorTerm { get; set; }

    /// <summary>Whether there is a lease.</summary>
    /// <param name="id">Its id.</param>
    public bool Contains(long id) => leases.ContainsKey(id);

    /// <summary>Finds a lease.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="lease">The lease.</param>
    public bool TryFind(long id, [NotNullWhen(true)] out Lease? lease) => leases.TryGetValue(id, out lease);

    /// <summary>Adds a lease whose id is not there.</summary>
    /// <param name="lease">The lease.</param>
    public void Add(Lease lease) => leases.Add(lease.Id, lease);

    /// <summary>Removes a lease.</summary>
    /// <param name="id">Its id.</param>
    public void Remove(long id) => leases.Remove(id);

    /// <summary>All leases in order of their ids.</summary>
    public Lease[] InOrder()
    {
        var ordered = new Lease[leases.Count];
        leases.Values.CopyTo(ordered, 0);
        Array.Sort(ordered, static (a, b) => a.Id.CompareTo(b.Id));
        return ordered;
    }
}
