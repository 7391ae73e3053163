using Quorate.Services.Coordination.Values;

namespace Quorate.Tests.Services.Coordination.Values;

public sealed class FreeExtentsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_is_taken_never_overlaps_and_all_of_it_comes_back(int seed)
    {
        var random = new Random(seed);
        var space = new FreeExtents();
        var taken = new List<(long First, long Blocks)>();
        for (var step = 0; step < 5_000; step++)
        {
            if (taken.Count > 0 && random.Next(100) < (step / 1_000 % 2 == 0 ? 40 : 60))
            {
                var (at, (first, blocks)) = Draw(random, taken);
                taken.RemoveAt(at);
                space.Give(first, blocks);
            }
            else
            {
                var blocks = random.NextInt64(1, 40);
                var first = space.Take(blocks);
                Assert.All(taken, t => Assert.True(first + blocks <= t.First || t.First + t.Blocks <= first));
                taken.Add((first, blocks));
            }

            var end = taken.Count == 0 ? 0 : taken.Max(t => t.First + t.Blocks);
            Assert.Equal((end, end - taken.Sum(t => t.Blocks)), (space.End, space.FreeBlocks));
        }
    }

    [Fact]
    public void The_first_run_that_is_long_enough_is_taken_before_the_file_grows()
    {
        var space = new FreeExtents();
        var places = Enumerable.Range(0, 6).Select(_ => space.Take(10)).ToArray();
        space.Give(places[0], 10);
        space.Give(places[2], 10);
        space.Give(places[3], 10);
        Assert.Equal((places[2], 60L), (space.Take(15), space.End));
        Assert.Equal(places[0], space.Take(10));
        Assert.Equal(places[3] + 5, space.Take(5));
        Assert.Equal(60, space.Take(1));
    }

    private static (int At, (long First, long Blocks) Taken) Draw(Random random, List<(long First, long Blocks)> taken)
    {
        var at = random.Next(taken.Count);
        return (at, taken[at]);
    }
}
