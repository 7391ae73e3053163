using System.Globalization;
using Quorate.Cli.Lab.Messaging;
using Quorate.Kernel.Machines;

namespace Quorate.Cli.Lab.SplitBrain;

/// <summary>
/// A node of a set that one leader keeps and copies to the others. Who hears no leader for a while leads from then on; of two leaders that
/// meet, the one of the later reign stays, and the other takes over all that it holds. Nobody asks a majority who leads.
/// </summary>
/// <param name="machine">Its machine.</param>
/// <param name="nodes">All nodes, this one too.</param>
/// <param name="acknowledgements">How many nodes must hold an element before its add is acknowledged; 1 is the leader alone.</param>
internal sealed class TimeoutLeader(IMachine machine, IReadOnlyList<string> nodes, int acknowledgements)
{
    private static readonly TimeSpan BeatEvery = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan SilenceMax = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);
    private readonly SortedSet<int> elements = [];
    private Courier courier = null!;
    private (int Number, string Leader) reign = (0, "");
    private long heardAt;

    /// <summary>Whether it believes that it leads.</summary>
    public bool Leads => reign.Leader == machine.Name;

    /// <summary>Called when it begins or ends to lead, and with what it says of it.</summary>
    public Action<string, string>? Changed { get; set; }

    /// <summary>Opens the node and keeps it running.</summary>
    public async Task OpenAsync()
    {
        courier = await Courier.OpenAsync(machine);
        _ = courier.ServeAsync(Take);
        // The first node is the first to lose patience, so that there is one leader at first.
        heardAt = machine.Clock.GetTimestamp();
        Beat();
    }

    /// <summary>Adds an element by way of the leader. Whether it was acknowledged.</summary>
    public async Task<bool> AddAsync(int element)
    {
        var words = string.Create(CultureInfo.InvariantCulture, $"add {element}");
        if (Leads)
            return await KeepAsync(element);
        return reign.Leader.Length > 0 && await courier.AskAsync(reign.Leader, words, Patience * 2) == "added";
    }

    /// <summary>What the leader holds; null where there is none.</summary>
    public async Task<IReadOnlyList<int>?> ReadAsync()
    {
        if (Leads)
            return [.. elements];
        return await courier.AskAsync(reign.Leader, "all", Patience) is { } all ? ElementsOf(all) : null;
    }

    private async void Beat()
    {
        var patience = SilenceMax + BeatEvery * 2 * IndexOf(machine.Name);
        while (true)
        {
            if (!Leads && machine.Clock.GetElapsedTime(heardAt) > patience)
                BeginReign((reign.Number + 1, machine.Name));
            if (Leads)
                foreach (var other in Others())
                    courier.Tell(other, string.Create(CultureInfo.InvariantCulture, $"beat {reign.Number}"));
            await Task.Delay(BeatEvery, machine.Clock);
        }
    }

    private void Take(Letter letter)
    {
        var words = letter.Parts;
        switch (words[0])
        {
            case "beat":
                Follow((Number(words[1]), letter.From));
                break;
            case "add" when Leads:
                AnswerAdd(letter, Number(words[1]));
                break;
            case "keep" when letter.From == reign.Leader:
                elements.Add(Number(words[1]));
                courier.Answer(letter, "kept");
                break;
            case "all":
                courier.Answer(letter, string.Join(' ', elements.Select(e => e.ToString(CultureInfo.InvariantCulture)).Prepend("has")));
                break;
        }
    }

    private async void AnswerAdd(Letter letter, int element)
    {
        if (await KeepAsync(element))
            courier.Answer(letter, "added");
    }

    private async Task<bool> KeepAsync(int element)
    {
        elements.Add(element);
        var kept = 1;
        var asks = Others().Select(async other =>
        {
            var words = string.Create(CultureInfo.InvariantCulture, $"keep {element}");
            if (await courier.AskAsync(other, words, Patience) == "kept")
                kept++;
        }).ToArray();
        if (acknowledgements > 1)
            await Task.WhenAll(asks);
        return kept >= acknowledgements;
    }

    private async void Follow((int Number, string Leader) heard)
    {
        if (heard.CompareTo(reign) < 0)
            return;
        heardAt = machine.Clock.GetTimestamp();
        if (heard == reign)
            return;
        BeginReign(heard);
        // What the other has is right, whatever is here: that is where acknowledged elements go.
        if (await courier.AskAsync(heard.Leader, "all", Patience) is { } all && heard == reign)
        {
            elements.Clear();
            elements.UnionWith(ElementsOf(all));
        }
    }

    private void BeginReign((int Number, string Leader) next)
    {
        if (Leads)
            Changed?.Invoke("leads no more", string.Create(CultureInfo.InvariantCulture, $"{reign.Number}"));
        reign = next;
        if (Leads)
            Changed?.Invoke("leads", string.Create(CultureInfo.InvariantCulture, $"{reign.Number}"));
    }

    private static int[] ElementsOf(string words) => [.. words.Split(' ').Skip(1).Select(Number)];

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private IEnumerable<string> Others() => nodes.Where(n => n != machine.Name);

    private int IndexOf(string name) => nodes.TakeWhile(n => n != name).Count();
}
