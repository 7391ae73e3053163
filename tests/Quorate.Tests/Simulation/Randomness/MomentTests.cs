using Quorate.Simulation.Randomness;

namespace Quorate.Tests.Simulation.Randomness;

/// <summary>Chance by the moment: what was drawn before does not matter, so that what a part left out does not reach stays as it was.</summary>
public sealed class MomentTests
{
    [Fact]
    public void What_is_drawn_at_a_moment_does_not_depend_on_what_was_drawn_before()
    {
        var (one, other) = (new Clock(), new Clock());
        var (a, b) = (SeededRandom.ByMoment(7, "link", one), SeededRandom.ByMoment(7, "link", other));
        for (var i = 0; i < 10; i++)
            a.Next();
        (one.Moment, other.Moment) = (5, 5);
        Assert.Equal(Draw(a), Draw(b));
        one.Moment = 6;
        Assert.NotEqual(Draw(a), Draw(b));
    }

    [Fact]
    public void Moments_purposes_and_seeds_draw_differently()
    {
        var draws = new HashSet<ulong>();
        for (ulong seed = 1; seed <= 10; seed++)
        {
            foreach (var purpose in (string[])["link", "disk"])
            {
                var clock = new Clock();
                var random = SeededRandom.ByMoment(seed, purpose, clock);
                for (; clock.Moment < 100; clock.Moment++)
                    Assert.True(draws.Add(random.NextUInt64()));
            }
        }
    }

    private static int[] Draw(SeededRandom random) => [.. Enumerable.Range(0, 5).Select(_ => random.Next(1000))];

    private sealed class Clock : IMoments
    {
        public long Moment { get; set; }
    }
}
