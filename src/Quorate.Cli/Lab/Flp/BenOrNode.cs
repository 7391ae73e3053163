using System.Globalization;
using Quorate.Cli.Lab.Messaging;
using Quorate.Kernel.Machines;

namespace Quorate.Cli.Lab.Flp;

/// <summary>A node that drives the core on a machine, up to a bound of rounds.</summary>
internal sealed class BenOrNode(int number, int value, FallbackRule rule, int roundsMax, Action<string, string> note)
{
    private BenOrCore? core;

    /// <summary>How many letters it took, late ones too.</summary>
    public int Taken { get; private set; }

    /// <summary>How many letters it sent.</summary>
    public int Sent { get; private set; }

    /// <summary>What it decided; null while it has not.</summary>
    public int? Decided => core?.Decided;

    /// <summary>The round in which it decided.</summary>
    public int DecidedIn => core?.DecidedIn ?? 0;

    /// <summary>
    /// Whether it has gone through all of its rounds: up to the bound, or one more than the one in which it decided, in which the others do.
    /// </summary>
    public bool IsThrough => core is not null && core.Round > (core.Decided is null ? roundsMax : core.DecidedIn + 1);

    public static string NameOf(int node) => string.Create(CultureInfo.InvariantCulture, $"n{node + 1}");

    public static int NumberOf(string name) => name[1] - '1';

    /// <summary>The message that words say: <c>report 3 1</c> or <c>propose 3 ?</c>.</summary>
    public static BenOrMessage Parse(string words)
    {
        var parts = words.Split(' ');
        return new BenOrMessage(
            int.Parse(parts[1], CultureInfo.InvariantCulture),
            parts[0] == "propose",
            parts[2] == "?" ? null : int.Parse(parts[2], CultureInfo.InvariantCulture));
    }

    public async Task RunAsync(IMachine machine)
    {
        var courier = await Courier.OpenAsync(machine);
        core = new BenOrCore(value, rule, () => machine.Random.Next(2));
        note("begins", $"with {value}");
        Send(courier);
        await courier.ServeAsync(letter =>
        {
            Taken++;
            core.Take(Parse(letter.Words));
            var hadDecided = core.Decided is not null;
            while (!IsThrough && core.TryGoOn())
                Send(courier);
            if (!hadDecided && core.Decided is { } decided)
                note("decides", string.Create(CultureInfo.InvariantCulture, $"{decided} in round {core.DecidedIn}"));
        });
    }

    private void Send(Courier courier)
    {
        if (IsThrough)
            return;
        var word = core!.Word;
        var text = string.Create(
            CultureInfo.InvariantCulture, $"{(word.IsProposal ? "propose" : "report")} {word.Round} {(word.Value is { } v ? $"{v}" : "?")}");
        for (var other = 0; other < Valency.Nodes; other++)
        {
            if (other == number)
                continue;
            courier.Tell(Postman.Name, $"{NameOf(other)} {text}");
            Sent++;
        }
    }
}
