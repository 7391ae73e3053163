using Quorate.Checking.ModelChecking;
using Quorate.Kernel.Encoding;

namespace Quorate.Tests.Checking.ModelChecking;

/// <summary>Two jugs, of three and five gallons, and no scale. Lamport's course on TLA+ has the same model: 16 different states.</summary>
/// <param name="forbidden">How much must not be in the large jug; negative forbids nothing.</param>
/// <param name="mayOverflow">Whether filling a full jug is a step that breaks something.</param>
internal sealed class Jugs(int forbidden, bool mayOverflow = false) : IModel
{
    private const int Small = 3;
    private const int Large = 5;

    /// <summary>How often each question was asked.</summary>
    public int Asked { get; private set; }

    public void WriteInitial(ByteWriter writer) => writer.WriteRaw([0, 0]);

    public void Explore(ReadOnlySpan<byte> state, ModelSteps steps)
    {
        var (small, large) = (state[0], state[1]);
        if (mayOverflow && large == Large)
            steps.Break("fill the large jug", "it overflows");
        Add("fill the small jug", Small, large);
        Add("fill the large jug", small, Large);
        Add("empty the small jug", 0, large);
        Add("empty the large jug", small, 0);
        var intoLarge = Math.Min(small, Large - large);
        Add("pour the small jug into the large one", small - intoLarge, large + intoLarge);
        var intoSmall = Math.Min(large, Small - small);
        Add("pour the large jug into the small one", small + intoSmall, large - intoSmall);

        void Add(string action, int nextSmall, int nextLarge) => steps.Add(action, new[] { (byte)nextSmall, (byte)nextLarge });
    }

    public string? Violation(ReadOnlySpan<byte> state)
    {
        Asked++;
        return state[1] == forbidden ? $"{forbidden} gallons" : null;
    }
}
