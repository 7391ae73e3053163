using Quorate.Cli.Lab.Messaging;
using Quorate.Kernel.Machines;

namespace Quorate.Cli.Lab.Stores;

/// <summary>How many replicas, of all, answer a read and take a write before it is done. The one that is asked is one of them.</summary>
/// <param name="Reads">For a read.</param>
/// <param name="Writes">For a write.</param>
/// <param name="AnswersAnyway">Whether a read or a write that too few answered in time goes on with those that did.</param>
internal readonly record struct Tuning(int Reads, int Writes, bool AnswersAnyway = false)
{
    /// <summary>Majorities: any read meets any write.</summary>
    public static Tuning Majority(int replicas) => new(replicas / 2 + 1, replicas / 2 + 1);

    /// <summary>The nearest replica alone.</summary>
    public static Tuning Nearest { get; } = new(1, 1);
}

/// <summary>
/// A replica of registers that any number of replicas hold, and the coordinator for the clients on its machine. With majorities it is the
/// atomic register of Attiya, Bar-Noy and Dolev; with one replica it answers at once and spreads writes behind.
/// </summary>
/// <remarks>Source: Attiya, Bar-Noy, Dolev, "Sharing memory robustly in message-passing systems", JACM 1995; for many writers, Lynch and
/// Shvartsman, FTCS 1997. Tuned as in Gifford, SOSP 1979, and Dynamo, SOSP 2007.</remarks>
internal sealed class QuorumReplica(IMachine machine, Courier courier, IReadOnlyList<string> others, Tuning tuning, TimeSpan patience)
{
    private readonly SortedDictionary<string, StampedValue> held = new(StringComparer.Ordinal);

    /// <summary>The greatest number of a stamp that it has seen, of any key.</summary>
    public long NewestNumber { get; private set; }

    /// <summary>Answers the other replicas, until the machine ends.</summary>
    public Task ServeAsync() => courier.ServeAsync(letter =>
    {
        var words = letter.Parts;
        if (words[0] == "set")
            Hold(words[1], StampedValue.Parse(words));
        if (letter.Number != 0)
            courier.Answer(letter, words[0] == "get" ? $"has {words[1]} {Held(words[1])}" : $"took {words[1]}");
    });

    /// <summary>Reads a key.</summary>
    /// <returns>Its value; null where too few replicas answered in time.</returns>
    public async Task<StampedValue?> ReadAsync(string key)
    {
        if (await GatherAsync(tuning.Reads, $"get {key}", $"has {key} {Held(key)}") is not { } answers)
            return null;
        var values = answers.Select(a => StampedValue.Parse(a.Split(' '))).ToArray();
        var newest = values.MaxBy(v => v.Stamp)!;
        Hold(key, newest);
        // What only some have a later read might miss: who read it first sees to it that enough have it.
        if (values.Any(v => v.Stamp < newest.Stamp) && await GatherAsync(tuning.Writes, $"set {key} {newest}", "took") is null)
            return null;
        return newest;
    }

    /// <summary>Writes a key.</summary>
    /// <returns>What it wrote; null where too few replicas answered in time: it may have been written.</returns>
    public async Task<StampedValue?> WriteAsync(string key, string value)
    {
        if (await GatherAsync(tuning.Reads, $"get {key}", $"has {key} {Held(key)}") is not { } answers)
            return null;
        var last = answers.Max(a => StampedValue.Parse(a.Split(' ')).Stamp.Number);
        return await WriteAsync(key, new StampedValue(new Stamp(last + 1, machine.Name), value)) ? Held(key) : null;
    }

    /// <summary>Writes a key with a stamp that the caller chose.</summary>
    /// <returns>Whether enough replicas took it in time.</returns>
    public async Task<bool> WriteAsync(string key, StampedValue value)
    {
        Hold(key, value);
        return await GatherAsync(tuning.Writes, $"set {key} {value}", "took") is not null;
    }

    /// <summary>What this replica holds.</summary>
    public StampedValue Held(string key) => held.GetValueOrDefault(key, StampedValue.None);

    private void Hold(string key, StampedValue value)
    {
        NewestNumber = Math.Max(NewestNumber, value.Stamp.Number);
        if (value.Stamp > Held(key).Stamp)
            held[key] = value;
    }

    // Asks all others, and waits until as many answered, this replica being one of them.
    private async Task<IReadOnlyList<string>?> GatherAsync(int needed, string words, string own)
    {
        var answers = new List<string> { own };
        if (needed <= 1)
        {
            foreach (var other in others.Where(_ => words.StartsWith("set", StringComparison.Ordinal)))
                courier.Tell(other, words);
            return answers;
        }
        var (open, enough) = (others.Count, new TaskCompletionSource<bool>());
        foreach (var other in others)
            Ask(other);
        return await enough.Task || tuning.AnswersAnyway ? answers : null;

        async void Ask(string other)
        {
            var answer = await courier.AskAsync(other, words, patience);
            open--;
            if (answer is not null && !enough.Task.IsCompleted)
                answers.Add(answer);
            if (answers.Count >= needed)
                enough.TrySetResult(true);
            else if (open == 0)
                enough.TrySetResult(false);
        }
    }
}
