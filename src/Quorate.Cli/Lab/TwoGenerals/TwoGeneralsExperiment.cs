using Quorate.Checking.Pages.Figures;
using Quorate.Cli.Lab.Messaging;
using Quorate.Cli.Lab.Runs;
using Quorate.Kernel.Encoding;
using Quorate.Simulation;

namespace Quorate.Cli.Lab.TwoGenerals;

/// <summary>No bounded exchange of messages that may be lost lets two generals attack together and never alone.</summary>
/// <param name="hasAdversary">Whether somebody loses messages; without him nothing is shown.</param>
internal sealed class TwoGeneralsExperiment(bool hasAdversary = true) : IExperiment
{
    private const int MessagesMax = 8;
    private const int FilmedMessages = 4;
    private const int Days = 400;
    private static readonly double[] Losses = [0.05, 0.1, 0.3];
    private static readonly int[] Lengths = [1, 2, 3, 4, 6, 8];
    private static readonly int[] Copies = [1, 2, 4];

    public string Name => "two-generals";

    public string Shows => "however many acknowledgements two generals exchange, one lost message lets one of them attack alone";

    public string Source => "Akkoyunlu, Ekanadham, Huber, SOSP 1975; Gray, Notes on data base operating systems, 1978, page 465";

    public ExperimentResult Run(ExperimentInput input)
    {
        var worlds = new WorldTally();
        var attacks = Enumerable.Range(1, MessagesMax).Select(k => Attack(input.Seed, k, worlds)).ToArray();
        var measured = (from loss in Losses from k in Lengths select Measure(input.Seed, Plan.Careful(k), loss, worlds)).ToArray();
        var copied = Copies.Select(c => Measure(input.Seed, Plan.Careful(2, c), Losses[^1], worlds)).ToArray();
        return new ExperimentResult
        {
            SetUp =
            [
                $"Two machines exchange 1 to {MessagesMax} messages by turns, each the acknowledgement of the one before. A plan says how many "
                    + "a general must have heard to attack when the day ends; every such plan is tried.",
                "The adversary runs each plan once for every message: he lets the ones before it through and loses it and all after it.",
                $"Then the most careful plan of each length is followed for {Days} days while the network loses each message with probability p.",
            ],
            Tables = [TableOf(attacks), TableOf([.. measured, .. copied])],
            Claims = [.. ClaimsOf(attacks), .. ClaimsOf(measured, copied)],
            Charts = [ChartOf(measured)],
            Worlds = worlds,
            Film = Shoot(input, worlds),
        };
    }

    private AttackedPlans Attack(ulong seed, int messages, WorldTally worlds)
    {
        var found = new AttackedPlans(messages);
        foreach (var plan in Plan.All(messages))
        {
            found.Together += Play(seed, plan, null, worlds).Both;
            var broken = Enumerable.Range(1, messages).Where(lost => Play(seed, plan, lost, worlds).Alone > 0).ToArray();
            (found.Plans, found.Broken) = (found.Plans + 1, found.Broken + (broken.Length > 0 ? 1 : 0));
            if (plan.IsBlind)
                found.BlindIsBroken = broken.Length > 0;
            if (plan == Plan.Careful(messages) && broken.Contains(messages))
                found.Alone = Play(seed, plan, messages, worlds).LastAlone;
        }
        return found;
    }

    private CampaignDays Play(ulong seed, Plan plan, int? lost, WorldTally worlds)
    {
        using var world = new World(StableHash.Combine(seed, (ulong)plan.Messages));
        var days = Campaign.RunAgainst(plan, hasAdversary ? lost : null, world);
        worlds.Add(world);
        return days;
    }

    private MeasuredPlan Measure(ulong seed, Plan plan, double loss, WorldTally worlds)
    {
        using var world = new World(StableHash.Combine(seed, (ulong)(plan.Messages * 100 + plan.Copies)));
        var days = Campaign.RunUnderLoss(plan, Days, hasAdversary ? loss : 0, world);
        worlds.Add(world);
        return new MeasuredPlan(plan, loss, Days, days);
    }

    private Film? Shoot(ExperimentInput input, WorldTally worlds)
    {
        using var world = new World(input.Seed, new WorldOptions { Record = WordsLabeler.Record(input.IsFilmed) });
        Campaign.RunAgainst(Plan.Careful(FilmedMessages), hasAdversary ? FilmedMessages : null, world);
        worlds.Add(world);
        var film = Film.Of(world, $"The picture: the careful plan of {FilmedMessages} messages, of which the last is lost. "
            + "Its sender has heard all that he can hear and attacks; its receiver misses one and stays.");
        return film is null ? null : film with { Focus = (TimeSpan.Zero, Campaign.Day + TimeSpan.FromMilliseconds(1)) };
    }

    private static IEnumerable<Claim> ClaimsOf(AttackedPlans[] attacks)
    {
        var plans = attacks.Sum(a => a.Plans - 1);
        var broken = attacks.Sum(a => a.Broken);
        yield return new Claim(
            "with nothing lost, every plan makes both attack", attacks.All(a => a.Together == a.Plans),
            $"{attacks.Sum(a => a.Together)} of {attacks.Sum(a => a.Plans)} plans");
        yield return new Claim(
            "every plan in which anybody waits for anything has a message whose loss lets one attack alone",
            broken == plans && !attacks.Any(a => a.BlindIsBroken), $"{broken} of {plans} plans");
        yield return new Claim(
            "in the careful plan of each length it is the last message, and its sender who is alone",
            attacks.All(a => a.Alone == (a.Messages % 2 == 1 ? "general-1" : "general-2")),
            $"{attacks.Count(a => a.Alone.Length > 0)} of {attacks.Length} lengths");
    }

    private static IEnumerable<Claim> ClaimsOf(MeasuredPlan[] measured, MeasuredPlan[] copied)
    {
        yield return new Claim(
            "under chance, no length is free of lone attacks", measured.All(m => m.Alone > 0),
            $"at least {Numbers.Percent(measured.Min(m => m.Alone))} of the days, at most {Numbers.Percent(measured.Max(m => m.Alone))}");
        yield return new Claim(
            "they are as many as (1-p)^(k-1) p says, within four standard deviations", measured.All(m => m.IsAsExpected),
            $"the furthest is {Numbers.Plain(measured.Max(m => m.Deviations))} off");
        yield return new Claim(
            "copies of each message make them rarer and cannot forbid them",
            copied.Zip(copied.Skip(1)).All(pair => pair.First.Alone > pair.Second.Alone),
            string.Join(", ", copied.Select(c => $"{c.Plan.Copies}: {Numbers.Percent(c.Alone)}")));
    }

    private static PageTable TableOf(AttackedPlans[] attacks) => new(
        "what the adversary does to plans of k messages",
        ["k", "plans", "both attack, no loss", "broken by a loss", "attacks alone when message k is lost"],
        [.. attacks.Select(a => (string[])[$"{a.Messages}", $"{a.Plans}", $"{a.Together}", $"{a.Broken}", a.Alone])]);

    private static PageTable TableOf(MeasuredPlan[] measured) => new(
        $"the careful plan over {Days} days, each message lost with probability p",
        ["p", "k", "copies", "both attack", "one attacks alone", "theory says", "nobody attacks"],
        [.. measured.Select(m => (string[])
        [
            Numbers.Plain(m.Loss), $"{m.Plan.Messages}", $"{m.Plan.Copies}", Numbers.Percent(Numbers.Part(m.Seen.Both, Days)),
            Numbers.Percent(m.Alone), Numbers.Percent(m.Expected), Numbers.Percent(Numbers.Part(m.Seen.Neither, Days)),
        ])]);

    private static PageChart ChartOf(MeasuredPlan[] measured) => new(
        "days on which one general attacks alone, by the length of the plan",
        new ChartAxis("messages in the plan"),
        new ChartAxis("part of the days"),
        [.. measured.GroupBy(m => m.Loss).Select(g => new ChartSeries(
            $"p = {Numbers.Plain(g.Key)}", [.. g.Select(m => new ChartPoint(m.Plan.Messages, m.Alone))]))]);
}
