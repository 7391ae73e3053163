using System.Runtime.InteropServices;
using Quorate.Checking.ModelChecking.Exploration;

namespace Quorate.Checking.ModelChecking.Liveness;

/// <summary>The states by number, with the facts and the steps of each. Steps that lead back to their own state are not in it.</summary>
internal sealed class StateGraph
{
    private const int NodeBytes = 14;
    private const int EdgeBytes = 8;
    private readonly Chunks<Node> nodes = new(NodeBytes);
    private readonly Chunks<Edge> edges = new(EdgeBytes);

    /// <summary>How many states there are.</summary>
    public int Count => (int)nodes.Count;

    /// <summary>The bytes taken.</summary>
    public long Bytes => nodes.Bytes + edges.Bytes;

    /// <summary>Adds the state with the next number.</summary>
    public void AddState(int facts) => nodes.Add(new Node { Facts = (ushort)facts });

    /// <summary>The steps that are added next are those of this state.</summary>
    public void Begin(int state) => nodes[state].First = edges.Count;

    /// <summary>Adds a step.</summary>
    public void AddStep(int from, int to, int action)
    {
        edges.Add(new Edge(to, action));
        nodes[from].Steps++;
    }

    /// <summary>The facts of a state, bit 0 for the first.</summary>
    public int FactsOf(int state) => nodes[state].Facts;

    /// <summary>How many steps leave a state.</summary>
    public int StepsOf(int state) => nodes[state].Steps;

    /// <summary>One step of a state.</summary>
    public Edge StepOf(int state, int step) => edges[nodes[state].First + step];

    /// <summary>A step: the state after it, and the number of its action.</summary>
    internal readonly record struct Edge(int To, int Action);

    [StructLayout(LayoutKind.Sequential, Pack = 2)]
    private struct Node
    {
        public long First;
        public int Steps;
        public ushort Facts;
    }
}
