using Quorate.Simulation;
using Quorate.Simulation.Networks;
using Quorate.Simulation.Ordering;

namespace Quorate.Tests.Simulation.Ordering;

public sealed class StepOrderTests
{
    [Fact]
    public void A_tape_tries_every_order_of_three_strands_once()
    {
        var orders = new List<string>();
        var tape = new ChoiceTape(20);
        do
            orders.Add(OrderOf(StepOrder.Chosen(tape)));
        while (tape.TryAdvance());
        Assert.Equal(["abc", "acb", "bac", "bca", "cab", "cba"], orders.Order());
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void A_tape_tries_both_orders_of_two_messages_that_arrive_within_its_window()
    {
        var orders = new SortedSet<string>(StringComparer.Ordinal);
        var tape = new ChoiceTape(20, TimeSpan.FromMilliseconds(5));
        do
            orders.Add(ArrivalsOf(StepOrder.Chosen(tape)));
        while (tape.TryAdvance());
        Assert.Equal(["n1n2", "n2n1"], orders);
    }

    [Fact]
    public void A_tape_beyond_its_depth_takes_the_first_choice()
    {
        var tape = new ChoiceTape(1);
        var count = 0;
        do
        {
            OrderOf(StepOrder.Chosen(tape));
            count++;
        }
        while (tape.TryAdvance());
        Assert.Equal(3, count);
    }

    [Fact]
    public void The_choices_of_a_run_replay_it_by_their_text()
    {
        var tape = new ChoiceTape(20);
        for (var i = 0; i < 4; i++)
        {
            OrderOf(StepOrder.Chosen(tape));
            Assert.True(tape.TryAdvance());
        }
        var order = OrderOf(StepOrder.Chosen(tape));
        var text = StepOrder.Chosen(tape).ToString();
        Assert.Equal(order, OrderOf(StepOrder.Parse(text)));
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void By_priorities_a_strand_goes_on_until_it_has_nothing_to_do_or_falls()
    {
        // With one strand ahead of the other until a change: the letters come in few runs.
        var runs = new SortedSet<int>();
        for (ulong seed = 0; seed < 200; seed++)
        {
            var text = LettersOf(seed, StepOrder.Priorities(changes: 1, steps: 40));
            runs.Add(1 + text.Zip(text.Skip(1)).Count(p => p.First != p.Second));
        }
        Assert.Equal([2, 3], runs);
        Assert.True(1 + LettersOf(1, StepOrder.Drawn).Zip(LettersOf(1, StepOrder.Drawn).Skip(1)).Count(p => p.First != p.Second) > 5);
    }

    [Fact]
    public void By_priorities_a_bug_of_depth_two_is_found_far_more_often_than_by_even_draws()
    {
        // One strand must overtake another by all of its 12 steps at one point of it.
        int Found(StepOrder order) => Enumerable.Range(0, 400).Count(seed => LettersOf((ulong)seed, order).Contains("bbbbbbbbbbbb") && LettersOf((ulong)seed, order)[0] == 'a');
        Assert.InRange(Found(StepOrder.Priorities(changes: 1, steps: 24)), 20, 400);
        Assert.InRange(Found(StepOrder.Drawn), 0, 5);
    }

    [Theory]
    [InlineData("drawn")]
    [InlineData("priorities 3 500")]
    [InlineData("choices 0,1,2 00:00:00.0010000")]
    [InlineData("choices  00:00:00")]
    public void The_text_of_an_order_is_read_again(string text) => Assert.Equal(text, StepOrder.Parse(text).ToString());

    [Theory]
    [InlineData("priorities 3")]
    [InlineData("priorities 3 0")]
    [InlineData("choices 0,x 00:00:00")]
    [InlineData("choices 0,1")]
    public void A_text_that_is_no_order_is_refused(string text) => Assert.Throws<FormatException>(() => StepOrder.Parse(text));

    private static string OrderOf(StepOrder order)
    {
        var text = "";
        using var world = new World(1, new WorldOptions { Order = order });
        foreach (var name in "abc")
            world.AddMachine($"{name}", (_, _) =>
            {
                text += name;
                return Task.CompletedTask;
            });
        world.Run(TimeSpan.FromSeconds(1));
        return text;
    }

    private static string LettersOf(ulong seed, StepOrder order)
    {
        var text = "";
        using var world = new World(seed, new WorldOptions { Order = order });
        foreach (var name in "ab")
            world.AddMachine($"{name}", async (_, _) =>
            {
                for (var i = 0; i < 12; i++)
                {
                    text += name;
                    await Task.Yield();
                }
            });
        world.Run(TimeSpan.FromSeconds(1));
        return text;
    }

    private static string ArrivalsOf(StepOrder order)
    {
        var text = "";
        using var world = new World(1, new WorldOptions { Order = order, Network = new NetworkOptions { TailProbability = 0 } });
        world.AddMachine("s", async (machine, stop) =>
        {
            await using var socket = await machine.Network.BindAsync(new("s", 9), stop);
            text += (await socket.ReceiveAsync(stop)).From.Host;
            text += (await socket.ReceiveAsync(stop)).From.Host;
        });
        foreach (var name in new[] { "n1", "n2" })
            world.AddMachine(name, async (machine, stop) =>
            {
                await machine.Clock.Delay(TimeSpan.FromSeconds(1), stop);
                await using var socket = await machine.Network.BindAsync(new(name, 9), stop);
                socket.Send(new("s", 9), [1]);
            });
        world.Run(TimeSpan.FromSeconds(2));
        return text;
    }
}
