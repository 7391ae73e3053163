using System.Net;
using Quorate.Services.Discovery;

namespace Quorate.Tests.Services.Discovery;

public sealed class WeightedOrderTests
{
    [Fact]
    public void The_least_priority_comes_first_and_weights_are_shares_RFC_2782()
    {
        ServiceEndpoint[] all = [Of("a", 0, 1), Of("b", 0, 3), Of("c", 0, 0), Of("d", 1, 100)];
        var random = new Random(1);
        var first = Enumerable.Range(0, 10_000).Select(_ => WeightedOrder.Of(all, random)).ToList();
        Assert.All(first, order => Assert.Equal("d", order[3].Instance));
        Assert.InRange(first.Count(o => o[0].Instance == "b"), 7200, 7800);
        Assert.InRange(first.Count(o => o[0].Instance == "c"), 0, 50);
        Assert.Equal(first.Count, first.Count(o => o.Select(e => e.Instance).Order().SequenceEqual(["a", "b", "c", "d"])));
    }

    private static ServiceEndpoint Of(string name, int priority, int weight) =>
        new("s", name, IPAddress.Loopback, 1) { Priority = priority, Weight = weight };
}
