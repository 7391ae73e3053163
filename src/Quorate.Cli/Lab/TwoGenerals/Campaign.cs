using System.Globalization;
using Quorate.Cli.Lab.Messaging;
using Quorate.Kernel.Machines;
using Quorate.Simulation;

namespace Quorate.Cli.Lab.TwoGenerals;

/// <summary>How many days ended how.</summary>
internal readonly record struct CampaignDays(int Both, int Alone, int Neither, string LastAlone);

/// <summary>Two generals on two machines who follow a plan, day after day, over a network that loses messages.</summary>
internal sealed class Campaign
{
    /// <summary>How long a day is.</summary>
    public static readonly TimeSpan Day = TimeSpan.FromMilliseconds(250);

    private const string First = "general-1";
    private const string Second = "general-2";
    private readonly Plan plan;
    private readonly int days;
    private readonly World world;
    private readonly bool[] firstAttacks;
    private readonly bool[] secondAttacks;

    private Campaign(Plan plan, int days, World world)
    {
        (this.plan, this.days, this.world) = (plan, days, world);
        (firstAttacks, secondAttacks) = (new bool[days], new bool[days]);
        world.AddMachine(First, (machine, _) => CommandAsync(machine, Second, isFirst: true, plan.FirstNeeds, firstAttacks));
        world.AddMachine(Second, (machine, _) => CommandAsync(machine, First, isFirst: false, plan.SecondNeeds, secondAttacks));
    }

    /// <summary>Days on which each message is lost with a probability.</summary>
    public static CampaignDays RunUnderLoss(Plan plan, int days, double loss, World world)
    {
        var campaign = new Campaign(plan, days, world);
        world.Network.Loss = loss;
        world.Run(Day * (days + 1));
        return campaign.Count();
    }

    /// <summary>One day on which the adversary lets the first messages through and loses this one and all after it.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="lost">The first message that is lost, from 1; null where none is.</param>
    /// <param name="world">An empty world.</param>
    public static CampaignDays RunAgainst(Plan plan, int? lost, World world)
    {
        var campaign = new Campaign(plan, 1, world);
        if (lost is { } first)
        {
            world.RunUntil(() => world.Network.DatagramsDelivered == first - 1, Day);
            // What is under way when a cut begins is cut too.
            world.Network.Partition(First, Second);
        }
        world.Run(Day * 2);
        return campaign.Count();
    }

    private CampaignDays Count()
    {
        var both = firstAttacks.Zip(secondAttacks).Count(d => d.First && d.Second);
        var neither = firstAttacks.Zip(secondAttacks).Count(d => !d.First && !d.Second);
        var last = firstAttacks[^1] == secondAttacks[^1] ? "" : firstAttacks[^1] ? First : Second;
        return new CampaignDays(both, days - both - neither, neither, last);
    }

    private async Task CommandAsync(IMachine machine, string other, bool isFirst, int needs, bool[] attacks)
    {
        var courier = await Courier.OpenAsync(machine);
        var (today, heard) = (0, 0);
        _ = courier.ServeAsync(letter =>
        {
            var parts = letter.Parts;
            var message = Number(parts[1]);
            // A copy, and what comes a day late, says nothing new.
            if (Number(parts[3]) != today || message <= 2 * heard - (isFirst ? 0 : 1))
                return;
            heard++;
            if (message < plan.Messages)
                Send(courier, other, message + 1, today);
        });
        for (; today < days; today++)
        {
            heard = 0;
            if (isFirst)
                Send(courier, other, 1, today);
            await Task.Delay(Day, machine.Clock);
            attacks[today] = heard >= needs;
            world.Record?.Note(machine.Name, attacks[today] ? "attacks" : "stays", $"heard {heard}, needs {needs}");
        }
    }

    private void Send(Courier courier, string to, int message, int day)
    {
        for (var copy = 0; copy < plan.Copies; copy++)
            courier.Tell(to, string.Create(CultureInfo.InvariantCulture, $"message {message} day {day}"));
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
