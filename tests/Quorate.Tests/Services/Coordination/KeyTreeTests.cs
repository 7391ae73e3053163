using System.Text;
using Quorate.Services.Coordination.Keys;

namespace Quorate.Tests.Services.Coordination;

public sealed class KeyTreeTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_tree_does_what_a_sorted_dictionary_does(int seed)
    {
        var random = new Random(seed);
        var tree = new KeyTree();
        var model = new SortedDictionary<string, KeyNode>(StringComparer.Ordinal);
        for (var step = 0; step < 30_000; step++)
        {
            // The share of removals changes, so that the tree grows and shrinks through several heights.
            var key = $"k{random.Next(step < 15_000 ? 8_000 : 300):d5}";
            var bytes = Encoding.ASCII.GetBytes(key);
            if (random.Next(10) < (step / 5_000 % 2 == 0 ? 7 : 3))
                model[key] = Same(tree.GetOrAdd(bytes), model.GetValueOrDefault(key));
            else
                Assert.Equal(model.Remove(key), tree.Remove(bytes));
            if (step % 997 == 0)
                Compare(tree, model, random);
        }

        foreach (var key in model.Keys.ToList())
            Assert.True(tree.Remove(Encoding.ASCII.GetBytes(key)));
        Compare(tree, [], random);
    }

    [Fact]
    public void Ascending_and_descending_inserts_keep_the_order()
    {
        var tree = new KeyTree();
        for (var i = 0; i < 5_000; i++)
        {
            tree.GetOrAdd(Encoding.ASCII.GetBytes($"a{i:d6}"));
            tree.GetOrAdd(Encoding.ASCII.GetBytes($"z{999_999 - i:d6}"));
        }

        tree.Check();
        Assert.Equal(10_000, tree.Count);
    }

    private static KeyNode Same(KeyNode node, KeyNode? known)
    {
        Assert.True(known is null || ReferenceEquals(known, node));
        return node;
    }

    private static void Compare(KeyTree tree, SortedDictionary<string, KeyNode> model, Random random)
    {
        tree.Check();
        Assert.Equal(model.Count, tree.Count);
        var start = $"k{random.Next(8_000):d5}";
        var cursor = tree.From(Encoding.ASCII.GetBytes(start));
        foreach (var (key, node) in model.Where(pair => string.CompareOrdinal(pair.Key, start) >= 0))
        {
            Assert.Same(node, cursor.Next());
            Assert.Same(node, tree.Find(Encoding.ASCII.GetBytes(key)));
        }

        Assert.Null(cursor.Next());
    }
}
