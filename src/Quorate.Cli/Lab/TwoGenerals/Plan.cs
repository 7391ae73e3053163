namespace Quorate.Cli.Lab.TwoGenerals;

/// <summary>
/// A bounded plan: so many messages, each the acknowledgement of the one before, and a rule for each general. It is all that a general can
/// go by: what he heard.
/// </summary>
/// <param name="Messages">How many messages there are; the first general sends the odd ones.</param>
/// <param name="FirstNeeds">How many messages the first general must hear to attack.</param>
/// <param name="SecondNeeds">How many messages the second general must hear to attack.</param>
/// <param name="Copies">How many times each message is sent.</param>
internal sealed record Plan(int Messages, int FirstNeeds, int SecondNeeds, int Copies = 1)
{
    /// <summary>How many messages go to the first general.</summary>
    public int ToFirst => Messages / 2;

    /// <summary>How many messages go to the second general.</summary>
    public int ToSecond => (Messages + 1) / 2;

    /// <summary>Whether neither waits for anything: then there is nothing to agree on.</summary>
    public bool IsBlind => FirstNeeds == 0 && SecondNeeds == 0;

    /// <summary>The most careful plan: each attacks only when he heard all that he can hear.</summary>
    public static Plan Careful(int messages, int copies = 1) => new(messages, messages / 2, (messages + 1) / 2, copies);

    /// <summary>Every rule for so many messages.</summary>
    public static IEnumerable<Plan> All(int messages) =>
        from first in Enumerable.Range(0, messages / 2 + 1)
        from second in Enumerable.Range(0, (messages + 1) / 2 + 1)
        select new Plan(messages, first, second);
}
