using Quorate.Services.Coordination.Keys;
using Quorate.Services.Coordination.Values;

namespace Quorate.Tests.Services.Coordination;

public sealed class VersionRunsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Runs_are_a_list_that_forgets_at_its_front(int seed)
    {
        var random = new Random(seed);
        var runs = new VersionRuns();
        var model = new List<long>();
        for (var main = 1L; main < 20_000; main++)
        {
            runs.Add(KeyVersion.Deletion(main, 0));
            model.Add(main);
            if (random.Next(300) > 0)
                continue;
            var count = random.Next(random.Next(2) == 0 ? 3 : model.Count + 1);
            runs.Forget(count);
            model.RemoveRange(0, count);
            Assert.Equal(model, Enumerable.Range(0, runs.Count).Select(place => runs[place].Main));
        }
    }
}
