using Quorate.Checking.ModelChecking;
using Quorate.Kernel.Encoding;

namespace Quorate.Tests.Checking.ModelChecking;

/// <summary>What docs/model-checking.md says of its example.</summary>
public sealed class TwoWorkersTests
{
    [Fact]
    public void With_strong_fairness_it_holds_with_8_states()
    {
        var verdict = ModelChecker.Check(new TwoWorkers(Fairness.Strong));
        Assert.Equal((ModelOutcome.Holds, 8L), (verdict.Outcome, verdict.States));
    }

    [Fact]
    public void With_weak_fairness_one_waits_while_the_other_goes_round()
    {
        var verdict = ModelChecker.Check(new TwoWorkers(Fairness.Weak));
        Assert.Equal("a asked leads to a holds: it never comes", verdict.Violation);
        Assert.Equal(["a asks", "b asks", "b is granted", "b lets go"], [.. verdict.Path, .. verdict.Cycle]);
    }

    private sealed class TwoWorkers(Fairness granting) : IModel
    {
        public IReadOnlyList<string> Facts => ["a asked", "a holds"];

        public IReadOnlyList<ModelProperty> Properties =>
            [ModelProperty.NeverEnds, ModelProperty.Sometimes("a holds"), ModelProperty.LeadsTo("a asked", "a holds")];

        public IReadOnlyList<FairAction> FairActions =>
            [new("a is granted", granting), new("b is granted", granting), new("a lets go"), new("b lets go")];

        public void WriteInitial(ByteWriter writer) => writer.WriteRaw([0, 0]);

        public int FactsOf(ReadOnlySpan<byte> state) => (state[0] == 1 ? 1 : 0) | (state[0] == 2 ? 2 : 0);

        public string? Violation(ReadOnlySpan<byte> state) => state[0] == 2 && state[1] == 2 ? "both hold the lock" : null;

        public void Explore(ReadOnlySpan<byte> state, ModelSteps steps)
        {
            for (var i = 0; i < 2; i++)
            {
                var name = "ab"[i];
                var next = state.ToArray();
                next[i] = (byte)((state[i] + 1) % 3);
                if (state[i] == 0)
                    steps.Add($"{name} asks", next);
                else if (state[i] == 1 && state[1 - i] != 2)
                    steps.Add($"{name} is granted", next, fairAction: i);
                else if (state[i] == 2)
                    steps.Add($"{name} lets go", next, fairAction: 2 + i);
            }
        }
    }
}
