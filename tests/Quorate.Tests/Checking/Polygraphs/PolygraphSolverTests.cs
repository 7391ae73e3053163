using Quorate.Checking.Findings;
using Quorate.Checking.Polygraphs;

namespace Quorate.Tests.Checking.Polygraphs;

public sealed class PolygraphSolverTests
{
    [Fact]
    [Trait("Speed", "Slow")]
    public void Random_polygraphs_are_solved_as_trying_every_choice_solves_them()
    {
        var seen = new int[2];
        for (var seed = 0; seed < 3000; seed++)
        {
            var polygraph = RandomPolygraph(new Random(seed));
            var expected = Enumerable.Range(0, 1 << polygraph.Choices.Count).Any(bits => IsAcyclic(polygraph, bits));
            Assert.Equal(expected, new PolygraphSolver(polygraph, Budget()).Solve());
            seen[expected ? 1 : 0]++;
        }
        Assert.True(seen[0] > 300 && seen[1] > 300, $"{seen[0]} without an answer, {seen[1]} with one");
    }

    [Fact]
    public void A_search_that_would_take_too_long_ends_without_an_answer()
    {
        var choices = Enumerable.Range(0, 3000).Select(i => new Choice([(i, i + 1), (i + 2, i + 1)], [(i + 1, i), (i + 1, i + 2)])).ToArray();
        var polygraph = new Polygraph(Enumerable.Range(0, 3002).ToArray(), [], choices);
        Assert.True(new PolygraphSolver(polygraph, Budget()).Solve());
        Assert.Null(new PolygraphSolver(polygraph, Budget(2_000)).Solve());
    }

    [Fact]
    public void An_ordered_graph_forgets_its_last_edges()
    {
        var graph = new OrderedGraph([0, 1, 2], Budget());
        Assert.True(graph.TryAdd(2, 1));
        Assert.True(graph.TryAdd(1, 0));
        Assert.False(graph.TryAdd(0, 2));
        graph.BackTo(1);
        Assert.True(graph.TryAdd(0, 2));
        Assert.False(graph.TryAdd(1, 0));
        Assert.Equal(2, graph.EdgeCount);
    }

    private static CheckBudget Budget(long steps = 1_000_000) => new(new CheckLimits { StepsMax = steps }, TestContext.Current.CancellationToken);

    private static Polygraph RandomPolygraph(Random random, int nodes = 6, int choices = 6)
    {
        (int, int) Edge() => (random.Next(nodes), random.Next(nodes));
        var known = Enumerable.Range(0, random.Next(6)).Select(_ => Edge()).Where(e => e.Item1 < e.Item2).ToArray();
        var either = Enumerable.Range(0, choices).Select(_ =>
        {
            var (a, b, c) = (random.Next(nodes), random.Next(nodes), random.Next(nodes));
            return new Choice([(a, b), (c, b)], [(b, a), (b, c)]);
        }).ToArray();
        return new Polygraph(Enumerable.Range(0, nodes).ToArray(), known, either);
    }

    private static bool IsAcyclic(Polygraph polygraph, int bits)
    {
        var edges = polygraph.Known.Concat(polygraph.Choices.SelectMany((c, i) => (bits >> i & 1) == 1 ? c.First : c.Second)).ToList();
        var left = polygraph.Order.ToHashSet();
        while (left.RemoveWhere(n => !edges.Any(e => e.To == n && left.Contains(e.From))) > 0)
        {
        }
        return left.Count == 0;
    }
}
