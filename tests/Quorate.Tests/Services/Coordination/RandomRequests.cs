using Quorate.Services.Coordination;
using static Quorate.Tests.Services.Coordination.CoordinationFixture;

namespace Quorate.Tests.Services.Coordination;

/// <summary>Random requests over few keys and leases, so that they meet.</summary>
internal sealed class RandomRequests(int seed)
{
    public Random Random { get; } = new(seed);

    public PutRequest Put(string? key = null)
    {
        var ignoreValue = Random.Next(12) == 0;
        var ignoreLease = Random.Next(12) == 0;
        var lease = ignoreLease || Random.Next(3) > 0 ? 0 : Random.Next(1, 6);
        return new PutRequest(
            Bytes(key ?? Key()), ignoreValue ? default : Bytes($"v{Random.Next(20)}"), lease, Random.Next(3) == 0, ignoreValue, ignoreLease);
    }

    public DeleteRangeRequest Delete() => new(Bytes(Key()), End(), Random.Next(2) == 0);

    public RangeRequest Range(long revision, bool historical = true) => new(
        Bytes(Key()), End(), Random.Next(3) == 0 ? Random.Next(1, 5) : 0, historical && Random.Next(2) == 0 ? Random.NextInt64(-1, revision + 2) : 0,
        (SortOrder)Random.Next(3), (KeyField)Random.Next(5), Random.Next(2) == 0, Random.Next(4) == 0, Random.Next(6) == 0,
        Bound(revision), Bound(revision), Bound(revision), Bound(revision));

    public TxnRequest Txn(long revision, int depth = 0)
    {
        // Each key is put at most once, and what is deleted is not put, as the service's check demands.
        var keys = Enumerable.Range(0, 12).Select(i => $"k{i:d2}").OrderBy(_ => Random.Next()).ToList();
        return new TxnRequest(
            [.. Enumerable.Range(0, Random.Next(3)).Select(_ => Compare(revision))], List(revision, depth, keys[..6]), List(revision, depth, keys[6..]));
    }

    private Compare Compare(long revision)
    {
        var target = (KeyField)Random.Next(1, 6);
        var number = target switch
        {
            KeyField.Version => Random.Next(4),
            KeyField.Lease => Random.Next(4),
            _ => Random.NextInt64(0, revision + 1),
        };
        return new Compare((CompareResult)Random.Next(4), target, Bytes(Key()), Random.Next(3) == 0 ? End() : default, number, Bytes($"v{Random.Next(20)}"));
    }

    private List<Operation> List(long revision, int depth, List<string> keys)
    {
        var operations = new List<Operation>();
        foreach (var key in keys.Take(Random.Next(4)))
        {
            operations.Add(Random.Next(depth < 2 ? 5 : 4) switch
            {
                0 => new DeleteRangeRequest(Bytes(key), default, Random.Next(2) == 0),
                1 => Range(revision, Random.Next(6) == 0),
                4 => new TxnRequest([Compare(revision)], [Range(revision, false)], [Put(key), Range(revision, false)]),
                _ => Put(key),
            });
        }

        return operations;
    }

    private string Key() => $"k{Random.Next(12):d2}";

    private ReadOnlyMemory<byte> End() => Random.Next(4) switch
    {
        0 => Bytes("\0"),
        1 => default,
        _ => Bytes(Key()),
    };

    private long Bound(long revision) => Random.Next(8) == 0 ? Random.NextInt64(1, revision + 1) : 0;
}
