namespace Quorate.Checking.ModelChecking.Exploration;

/// <summary>The fingerprints of the states seen, and, where wanted, their numbers. Open addressing in many parts, each of which grows by
/// itself, so that growing never takes twice the memory.</summary>
internal sealed class FingerprintTable
{
    private const int PartBits = 6;
    private const int PlacesMin = 64;
    private readonly Part[] parts = new Part[1 << PartBits];
    private readonly int words;
    private readonly bool numbered;
    private readonly int bytesAPlace;

    /// <summary>Makes an empty table.</summary>
    /// <param name="wide">Whether 128 bits are kept of each state, and not 64.</param>
    /// <param name="numbered">Whether numbers are kept.</param>
    public FingerprintTable(bool wide, bool numbered)
    {
        words = wide ? 2 : 1;
        this.numbered = numbered;
        bytesAPlace = (words * sizeof(ulong)) + (numbered ? sizeof(int) : 0);
        for (var i = 0; i < parts.Length; i++)
            parts[i] = NewPart(PlacesMin);
    }

    /// <summary>How many states there are.</summary>
    public int Count { get; private set; }

    /// <summary>The bytes taken.</summary>
    public long Bytes { get; private set; }

    /// <summary>Adds a state, whose number is then <see cref="Count"/> before the call; or tells that it is there.</summary>
    /// <param name="fingerprint">The state.</param>
    /// <param name="number">Its number; of one that was there, only where numbers are kept.</param>
    public bool TryAdd(Fingerprint fingerprint, out int number)
    {
        ref var part = ref parts[fingerprint.Low >> (64 - PartBits)];
        if (part.Count * 4L >= part.Places * 3L)
            Grow(ref part);
        var place = Find(part, fingerprint);
        if (part.Keys[place * words] != 0)
        {
            number = numbered ? part.Numbers[place] : 0;
            return false;
        }

        number = Count++;
        part.Count++;
        Put(part, place, fingerprint.Low, fingerprint.High, number);
        return true;
    }

    private int Find(in Part part, Fingerprint fingerprint)
    {
        var (keys, mask) = (part.Keys, part.Places - 1);
        var place = (int)fingerprint.Low & mask;
        for (; ; place = (place + 1) & mask)
        {
            var low = keys[place * words];
            if (low == 0 || (low == fingerprint.Low && (words == 1 || keys[(place * words) + 1] == fingerprint.High)))
                return place;
        }
    }

    private void Put(in Part part, int place, ulong low, ulong high, int number)
    {
        part.Keys[place * words] = low;
        if (words > 1)
            part.Keys[(place * words) + 1] = high;
        if (numbered)
            part.Numbers[place] = number;
    }

    private void Grow(ref Part part)
    {
        var old = part;
        Bytes -= (long)old.Places * bytesAPlace;
        part = NewPart(old.Places * 2);
        part.Count = old.Count;
        for (var i = 0; i < old.Places; i++)
        {
            var low = old.Keys[i * words];
            if (low == 0)
                continue;
            var high = words > 1 ? old.Keys[(i * words) + 1] : 0;
            Put(part, Find(part, new Fingerprint(low, high)), low, high, numbered ? old.Numbers[i] : 0);
        }
    }

    private Part NewPart(int places)
    {
        Bytes += (long)places * bytesAPlace;
        return new Part
        {
            Places = places,
            Keys = new ulong[places * words],
            Numbers = numbered ? new int[places] : [],
        };
    }

    private struct Part
    {
        public int Places;
        public ulong[] Keys;
        public int[] Numbers;
        public int Count;
    }
}
