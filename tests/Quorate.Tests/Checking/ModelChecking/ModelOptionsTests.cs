using Quorate.Checking.ModelChecking;
using Quorate.Kernel.Encoding;

namespace Quorate.Tests.Checking.ModelChecking;

public sealed class ModelOptionsTests
{
    [Theory]
    [InlineData(ModelOrder.BreadthFirst, FingerprintSize.Bits64)]
    [InlineData(ModelOrder.BreadthFirst, FingerprintSize.Bits128)]
    [InlineData(ModelOrder.DepthFirst, FingerprintSize.Bits64)]
    [InlineData(ModelOrder.DepthFirst, FingerprintSize.Bits128)]
    public void Every_order_and_fingerprint_visits_every_state_once(ModelOrder order, FingerprintSize size)
    {
        var verdict = ModelChecker.Check(new Counters(6), new ModelOptions { Order = order, Fingerprint = size });
        Assert.Equal((ModelOutcome.Holds, 117_649L, 6L * 117_649), (verdict.Outcome, verdict.States, verdict.Steps));
        Assert.Equal(size == FingerprintSize.Bits64 ? Math.ScaleB(117_649d * 117_649, -65) : Math.ScaleB(117_649d * 117_649, -129), verdict.MissChance);
    }

    [Fact]
    public void Breadth_first_the_depth_is_that_of_the_farthest_state()
    {
        Assert.Equal(36, ModelChecker.Check(new Counters(6)).Depth);
        Assert.True(ModelChecker.Check(new Counters(6), new ModelOptions { Order = ModelOrder.DepthFirst }).Depth > 36);
    }

    [Theory]
    [InlineData(ModelOrder.BreadthFirst)]
    [InlineData(ModelOrder.DepthFirst)]
    public void More_memory_than_allowed_is_unknown_and_is_not_taken(ModelOrder order)
    {
        var verdict = ModelChecker.Check(new Counters(6), new ModelOptions { Order = order, MemoryBytesMax = 3 << 20 });
        Assert.Equal((ModelOutcome.Unknown, "it takes more than 3 MiB"), (verdict.Outcome, verdict.Reason));
        Assert.InRange(verdict.MemoryBytes, 3 << 20, 5 << 20);
        Assert.InRange(verdict.States, 1_000, 117_648);
    }

    [Fact]
    public void The_graph_that_liveness_needs_counts_as_memory()
    {
        var verdict = ModelChecker.Check(new Counters(5, liveness: true), new ModelOptions { MemoryBytesMax = 3 << 20 });
        Assert.Equal(ModelOutcome.Unknown, verdict.Outcome);
        Assert.Equal(ModelOutcome.Violated, ModelChecker.Check(new Counters(5, liveness: true)).Outcome);
    }

    [Fact]
    public void Progress_is_told_and_a_check_can_be_ended()
    {
        using var cancel = new CancellationTokenSource();
        var reports = new List<ModelProgress>();
        var options = new ModelOptions
        {
            ProgressStates = 1_000,
            Progress = p =>
            {
                reports.Add(p);
                if (reports.Count == 3)
                    cancel.Cancel();
            },
        };
        Assert.Throws<OperationCanceledException>(() => ModelChecker.Check(new Counters(6), options, cancel.Token));
        Assert.Equal(3, reports.Count);
        Assert.True(reports[2].States > reports[1].States && reports[2].Frontier > 0 && reports[2].Depth > 0 && reports[2].MemoryBytes > 0);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Members_that_are_alike_are_visited_under_one_name()
    {
        // Six counters of seven values: 7^6 states, and as many kinds as there are ways to put six things into seven boxes.
        var reduced = new ReducedModel(new Counters(6), 6, Counters.Rename);
        var verdict = ModelChecker.Check(reduced);
        Assert.Equal((ModelOutcome.Holds, 924L, 117_649L), (verdict.Outcome, verdict.States, reduced.Represented));
        Assert.Equal(36, verdict.Depth);
    }

    [Fact]
    public void Symmetry_and_liveness_do_not_go_together() =>
        Assert.Throws<ArgumentException>(() => new ReducedModel(new Counters(3, liveness: true), 3, Counters.Rename));

    /// <summary>Counters modulo seven, each of which goes up by one at a time.</summary>
    private sealed class Counters(int count, bool liveness = false) : IModel
    {
        private const int Modulus = 7;
        private readonly byte[] next = new byte[count];

        public IReadOnlyList<string> Facts => ["never"];

        public IReadOnlyList<ModelProperty> Properties => liveness ? [ModelProperty.Eventually("never")] : [];

        public static void Rename(ReadOnlySpan<byte> state, IReadOnlyList<int> names, ByteWriter writer)
        {
            var renamed = new byte[state.Length];
            for (var i = 0; i < names.Count; i++)
                renamed[names[i]] = state[i];
            writer.WriteRaw(renamed);
        }

        public void WriteInitial(ByteWriter writer) => writer.WriteRaw(new byte[count]);

        public void Explore(ReadOnlySpan<byte> state, ModelSteps steps)
        {
            for (var i = 0; i < count; i++)
            {
                state.CopyTo(next);
                next[i] = (byte)((state[i] + 1) % Modulus);
                steps.Add("up", next);
            }
        }
    }
}
