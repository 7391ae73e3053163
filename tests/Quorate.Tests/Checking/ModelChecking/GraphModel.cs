using Quorate.Checking.ModelChecking;
using Quorate.Kernel.Encoding;

namespace Quorate.Tests.Checking.ModelChecking;

/// <summary>A graph as it is drawn: state 0 is the first; a step names where it leads from and to, and its fair action or -1.</summary>
internal sealed class GraphModel(IReadOnlyList<GraphModel.Step> graph, params ModelProperty[] properties) : IModel
{
    public IReadOnlyList<FairAction> FairActions { get; init; } = [];

    /// <summary>The facts of each state, as bits: 1 is "goal", 2 is "trigger".</summary>
    public Func<int, int> FactsAt { get; init; } = _ => 0;

    public IReadOnlyList<string> Facts => ["goal", "trigger"];

    public IReadOnlyList<ModelProperty> Properties => properties;

    public IReadOnlyList<Step> Graph => graph;

    public int FactsOf(ReadOnlySpan<byte> state) => FactsAt(state[0]);

    public void WriteInitial(ByteWriter writer) => writer.WriteByte(0);

    public void Explore(ReadOnlySpan<byte> state, ModelSteps steps)
    {
        foreach (var step in graph)
        {
            if (step.From == state[0])
                steps.Add(step.Name, [(byte)step.To], step.FairAction);
        }
    }

    internal sealed record Step(int From, int To, int FairAction = -1)
    {
        public string Name => $"{From}>{To}:{FairAction}";
    }
}
