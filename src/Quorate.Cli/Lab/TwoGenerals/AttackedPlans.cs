namespace Quorate.Cli.Lab.TwoGenerals;

/// <summary>What the adversary did to all plans of one length.</summary>
internal sealed class AttackedPlans(int messages)
{
    /// <summary>The length.</summary>
    public int Messages => messages;

    /// <summary>How many plans there are.</summary>
    public int Plans { get; set; }

    /// <summary>In how many both attack when nothing is lost.</summary>
    public int Together { get; set; }

    /// <summary>In how many the loss of some message lets one attack alone.</summary>
    public int Broken { get; set; }

    /// <summary>Whether the plan in which nobody waits for anything is among those.</summary>
    public bool BlindIsBroken { get; set; }

    /// <summary>Who attacks alone when the last message of the careful plan is lost; empty where nobody does.</summary>
    public string Alone { get; set; } = "";
}

/// <summary>A plan that was followed under random loss.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Loss">How often a message is lost.</param>
/// <param name="Days">For how many days.</param>
/// <param name="Seen">How they ended.</param>
internal sealed record MeasuredPlan(Plan Plan, double Loss, int Days, CampaignDays Seen)
{
    private const double DeviationsMax = 4;

    /// <summary>On which part of the days one attacked alone.</summary>
    public double Alone => (double)Seen.Alone / Days;

    /// <summary>On which part of the days he should: the last message is lost, with all of its copies, and none before it.</summary>
    public double Expected
    {
        get
        {
            var lost = Math.Pow(Loss, Plan.Copies);
            return Math.Pow(1 - lost, Plan.Messages - 1) * lost;
        }
    }

    /// <summary>How many standard deviations the two are apart.</summary>
    public double Deviations => Math.Abs(Alone - Expected) / Math.Sqrt(Expected * (1 - Expected) / Days);

    /// <summary>Whether chance explains the difference.</summary>
    public bool IsAsExpected => Deviations <= DeviationsMax;
}
