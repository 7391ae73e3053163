using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using Quorate.Kernel.Encoding;

namespace Quorate.Simulation.Tracing;

/// <summary>
/// The rolling hash of everything that happened in a world, and, where asked for, the last so many events as text. Two runs that took
/// different steps have different hashes but for one chance in 2^64.
/// </summary>
internal sealed class Trace(int keptMax, TraceRecorder? recorder = null)
{
    private readonly Entry[] kept = new Entry[keptMax];
    private readonly bool isWatched = keptMax > 0 || recorder is not null;
    private long count;
    private long keptCount;
    private ulong state = 0x9e3779b97f4a7c15UL;

    /// <summary>The hash of the trace so far.</summary>
    public ulong Hash => StableHash.Combine(state, (ulong)count);

    /// <summary>Whether events are kept as text, so that the caller may build one.</summary>
    public bool Keeps => keptMax > 0;

    /// <summary>Whether someone compares this run with another, so that the caller says more than the hash needs.</summary>
    public bool IsRecorded => recorder is not null;

    /// <summary>Adds an event of the hot path: numbers only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(TraceKind kind, long now, long first, long second = 0)
    {
        count++;
        Fold((ulong)now ^ ((ulong)kind << 56));
        Fold((ulong)first ^ ((ulong)second << 32));
        if (isWatched)
            Watch(new Entry(kind, now, null, first, second));
    }

    /// <summary>Adds an event with a text; the text is part of the hash.</summary>
    public void Add(TraceKind kind, long now, string text)
    {
        count++;
        Fold((ulong)now ^ ((ulong)kind << 56));
        Fold(StableHash.Of(text));
        if (isWatched)
            Watch(new Entry(kind, now, text, 0, 0));
    }

    /// <summary>Keeps a text for the reader only: the hash does not see it.</summary>
    public void AddUnhashed(TraceKind kind, long now, string text)
    {
        if (Keeps)
            Keep(new Entry(kind, now, text, 0, 0));
    }

    /// <summary>Says something for a comparison with another run; neither the hash nor the reader sees it.</summary>
    public void AddForRecorder(TraceKind kind, long now, string text) => recorder?.Add(kind, now, text, 0, 0);

    /// <summary>The kept events, oldest first, a line each.</summary>
    public IReadOnlyList<string> Lines()
    {
        var total = (int)Math.Min(keptCount, keptMax);
        var lines = new string[total];
        for (var i = 0; i < total; i++)
            lines[i] = kept[(keptCount - total + i) % keptMax].ToString();
        return lines;
    }

    private void Watch(in Entry entry)
    {
        if (Keeps)
            Keep(entry);
        recorder?.Add(entry.Kind, entry.Now, entry.Text, entry.First, entry.Second);
    }

    private void Keep(Entry entry) => kept[keptCount++ % keptMax] = entry;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Fold(ulong value) => state = (BitOperations.RotateLeft(state, 23) ^ value) * 0xd6e8feb86659fd93UL;

    private readonly record struct Entry(TraceKind Kind, long Now, string? Text, long First, long Second)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture, $"{new TimeSpan(Now):c} {Kind} {Text ?? $"{First} {Second}"}");
    }
}
