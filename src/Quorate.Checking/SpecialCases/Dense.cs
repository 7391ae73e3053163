namespace Quorate.Checking.SpecialCases;

/// <summary>Numbers of a few among many, numbered anew without holes.</summary>
internal sealed class Dense
{
    private const int HolesMax = 4;

    private Dense(int[] of, int count) => (Of, Count) = (of, count);

    /// <summary>The new number of each place.</summary>
    public int[] Of { get; }

    public int Count { get; }

    public static Dense NumbersOf(int[] numbers)
    {
        var max = 0;
        foreach (var number in numbers)
            max = Math.Max(max, number);
        // An object among many has a few of all values; one alone has nearly all of them.
        return max / HolesMax <= numbers.Length ? new Dense(numbers, max + 1) : Renumbered(numbers);
    }

    private static Dense Renumbered(int[] numbers)
    {
        var places = new Dictionary<int, int>();
        var of = new int[numbers.Length];
        for (var i = 0; i < of.Length; i++)
        {
            if (!places.TryGetValue(numbers[i], out of[i]))
                places.Add(numbers[i], of[i] = places.Count);
        }
        return new Dense(of, places.Count);
    }
}
