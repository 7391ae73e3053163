using System.Numerics;
using Quorate.Kernel.Invariants;

namespace Quorate.Services.Replication.Sessions;

/// <summary>Values of consecutive sequence numbers, from the lowest that still matters: a ring that grows up to a bound.</summary>
internal sealed class SequenceWindow<T>(long lowest, int countMax)
    where T : class
{
    // 0 <= Highest - Lowest + 1 <= countMax, and slots outside [Lowest, Highest] are null.
    private T?[] slots = new T?[16];

    /// <summary>The lowest sequence number that still matters.</summary>
    public long Lowest { get; private set; } = lowest;

    /// <summary>The highest sequence number that was set; one below <see cref="Lowest"/> when there is none.</summary>
    public long Highest { get; private set; } = lowest - 1;

    /// <summary>Whether a sequence number is within the bound.</summary>
    public bool Fits(long sequence) => sequence >= Lowest && sequence - Lowest < countMax;

    /// <summary>The value of a sequence number, or null.</summary>
    public T? this[long sequence] => sequence < Lowest || sequence > Highest ? null : slots[Slot(sequence)];

    public void Set(long sequence, T value)
    {
        Invariant.Holds(Fits(sequence), "a sequence number is within its window");
        Grow((int)(sequence - Lowest + 1));
        slots[Slot(sequence)] = value;
        Highest = Math.Max(Highest, sequence);
    }

    public void Clear(long sequence)
    {
        if (sequence >= Lowest && sequence <= Highest)
            slots[Slot(sequence)] = null;
    }

    /// <summary>Forgets everything below a sequence number.</summary>
    public void RaiseLowest(long to)
    {
        if (to <= Lowest)
            return;
        for (var sequence = Lowest; sequence < to && sequence <= Highest; sequence++)
            slots[Slot(sequence)] = null;
        Lowest = to;
        Highest = Math.Max(Highest, to - 1);
    }

    /// <summary>Forgets the empty slots at the low end.</summary>
    public void SkipEmpty()
    {
        while (Lowest <= Highest && slots[Slot(Lowest)] is null)
            Lowest++;
    }

    private int Slot(long sequence) => (int)(sequence & (slots.Length - 1));

    private void Grow(int count)
    {
        if (count <= slots.Length)
            return;
        var larger = new T?[(int)BitOperations.RoundUpToPowerOf2((uint)count)];
        for (var sequence = Lowest; sequence <= Highest; sequence++)
            larger[(int)(sequence & (larger.Length - 1))] = slots[Slot(sequence)];
        slots = larger;
    }
}
