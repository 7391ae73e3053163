namespace Quorate.Cli.Models.Raft;

/// <summary>What comes of each step of one state, by the step's code. The model's innermost look-up: open addressing, in two small
/// arrays.</summary>
internal sealed class ReactionTable
{
    private const uint Factor = 2654435769;
    private const int Free = -1;
    private int[] codes = [Free, Free, Free, Free, Free, Free, Free, Free];
    private Reaction[] reactions = new Reaction[8];
    private int count;

    /// <summary>What comes of a step, or null where that is not known yet.</summary>
    public Reaction? Find(int code)
    {
        for (var place = Place(code, codes.Length); ; place = (place + 1) & (codes.Length - 1))
        {
            if (codes[place] == code)
                return reactions[place];
            if (codes[place] == Free)
                return null;
        }
    }

    /// <summary>Adds what comes of a step, which was not known.</summary>
    public void Add(int code, Reaction reaction)
    {
        if (++count * 2 > codes.Length)
            Grow();
        var place = Place(code, codes.Length);
        while (codes[place] != Free)
            place = (place + 1) & (codes.Length - 1);
        (codes[place], reactions[place]) = (code, reaction);
    }

    private static int Place(int code, int places) => (int)(((uint)code * Factor) >> 8) & (places - 1);

    private void Grow()
    {
        var (oldCodes, oldReactions) = (codes, reactions);
        codes = new int[oldCodes.Length * 2];
        reactions = new Reaction[codes.Length];
        Array.Fill(codes, Free);
        count = 1;
        for (var i = 0; i < oldCodes.Length; i++)
        {
            if (oldCodes[i] != Free)
                Add(oldCodes[i], oldReactions[i]);
        }
    }
}
