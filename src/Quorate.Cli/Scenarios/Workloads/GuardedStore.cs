using Quorate.Cli.Scenarios.Violations;

namespace Quorate.Cli.Scenarios.Workloads;

/// <summary>
/// What a lock protects: another system, which does not know of the lock, and takes a token with each write. It refuses a token that is
/// older than one that it has seen.
/// </summary>
/// <remarks>Source: Kleppmann, "How to do distributed locking", 2016.</remarks>
internal sealed class GuardedStore
{
    private readonly List<(long Token, string Value)> taken = [];
    private long newest;

    /// <summary>How many writes were refused.</summary>
    public int Refused { get; private set; }

    /// <summary>How many writes were taken.</summary>
    public int Taken => taken.Count;

    /// <summary>Writes a value in the name of a holder of the lock.</summary>
    /// <param name="token">The token of its holding.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether it was taken.</returns>
    public bool Write(long token, string value)
    {
        if (token < newest)
        {
            Refused++;
            return false;
        }

        newest = token;
        taken.Add((token, value));
        return true;
    }

    /// <summary>Checks that holders wrote one after the other: nobody writes after a later holder did.</summary>
    public void Check()
    {
        var last = "";
        var holders = new HashSet<string>();
        foreach (var (token, value) in taken)
        {
            var holder = value.Split('/')[0];
            if (holder != last && !holders.Add(holder))
                throw new ViolationException($"holder {holder} wrote {value} with token {token} after {last}, who got the lock later");
            last = holder;
        }
    }
}
