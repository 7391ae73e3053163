namespace Quorate.Checking.ModelChecking;

/// <summary>The actions that happened, each once, by number, with the bit of its fairness.</summary>
internal sealed class ActionNames(int fairActions)
{
    private readonly Dictionary<(string Name, int FairAction), int> numbers = [];
    private readonly List<string> names = [];
    private readonly List<ulong> bits = [];

    public string this[int number] => names[number];

    /// <summary>The bit of each action; 0 for what need not happen.</summary>
    public IReadOnlyList<ulong> Bits => bits;

    public int NumberOf(string name, int fairAction)
    {
        if (numbers.TryGetValue((name, fairAction), out var number))
            return number;
        if (fairAction >= fairActions)
            throw new ArgumentOutOfRangeException(nameof(fairAction), fairAction, $"The model has {fairActions} fair actions.");
        numbers.Add((name, fairAction), names.Count);
        names.Add(name);
        bits.Add(fairAction < 0 ? 0 : 1UL << fairAction);
        return names.Count - 1;
    }
}
