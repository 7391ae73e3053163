using Quorate.Services.Coordination.Values;

namespace Quorate.Services.Coordination.Keys;

/// <summary>The older versions of a key, in order: in runs of a fixed length, so that a key with very many versions neither copies them
/// again and again nor holds room for as many more.</summary>
internal sealed class VersionRuns
{
    private const int RunLength = 512;
    private const int CapacityMin = 2;

    private readonly List<KeyVersion[]> full = [];
    private KeyVersion[] last = new KeyVersion[CapacityMin];
    private int lastCount;

    // Versions at the front of the first run that were forgotten. Invariant: below RunLength, and at most all there are.
    private int forgotten;

    /// <summary>How many versions there are.</summary>
    public int Count => (full.Count * RunLength) + lastCount - forgotten;

    /// <summary>A version by its place, the oldest first.</summary>
    /// <param name="place">From 0 to <see cref="Count"/>, exclusive.</param>
    public ref KeyVersion this[int place]
    {
        get
        {
            var at = place + forgotten;
            return ref (at / RunLength < full.Count ? full[at / RunLength] : last)[at % RunLength];
        }
    }

    /// <summary>Adds a version behind all others.</summary>
    /// <param name="version">The version.</param>
    public void Add(in KeyVersion version)
    {
        if (lastCount == RunLength)
        {
            full.Add(last);
            (last, lastCount) = (new KeyVersion[RunLength], 0);
        }

        if (lastCount == last.Length)
            Array.Resize(ref last, Math.Min(last.Length * 2, RunLength));
        last[lastCount++] = version;
    }

    /// <summary>Forgets the oldest versions.</summary>
    /// <param name="count">How many; at most all.</param>
    public void Forget(int count)
    {
        forgotten += count;
        var runs = Math.Min(forgotten / RunLength, full.Count);
        full.RemoveRange(0, runs);
        forgotten -= runs * RunLength;
        if (full.Count > 0)
        {
            Array.Clear(full[0], 0, forgotten);
            return;
        }

        var kept = lastCount - forgotten;
        if (forgotten * 2 < lastCount)
        {
            Array.Clear(last, 0, forgotten);
            return;
        }

        var fresh = new KeyVersion[Math.Max(kept, CapacityMin)];
        Array.Copy(last, forgotten, fresh, 0, kept);
        (last, lastCount, forgotten) = (fresh, kept, 0);
    }
}
