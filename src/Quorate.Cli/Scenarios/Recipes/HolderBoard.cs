using Quorate.Cli.Scenarios.Violations;
using Quorate.Services.Recipes;

namespace Quorate.Cli.Scenarios.Recipes;

/// <summary>
/// Sees all holders of one thing at once, in the world's true time: those whose token has not fired and whose process runs may be so many, and
/// no more.
/// </summary>
/// <param name="name">What is held.</param>
/// <param name="allowed">Whether these may hold at once.</param>
internal sealed class HolderBoard(string name, Func<IReadOnlyList<HolderBoard.Holder>, bool> allowed)
{
    // A process that stood still is told as it goes on, and not before; timers count whole milliseconds.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(2);
    private readonly List<Holder> holders = [];

    /// <summary>The greatest token that was ever held.</summary>
    public long NewestToken { get; private set; }

    /// <summary>Somebody holds it now, as it was told.</summary>
    /// <param name="app">Who.</param>
    /// <param name="held">What it was given.</param>
    /// <param name="kind">As what it holds.</param>
    public Holder Add(RecipeApp app, IHeld held, string kind = "")
    {
        var holder = new Holder(app, held, kind);
        holders.RemoveAll(h => !h.App.Lives || h.Held.Lost.IsCancellationRequested);
        holders.Add(holder);
        NewestToken = Math.Max(NewestToken, held.Token);
        if (!allowed(Believing()))
            app.Cluster.World.After(Grace, () => Look(holders.ToArray()));
        app.Cluster.Metrics.Add("held");
        return holder;
    }

    /// <summary>A holder looked at the clock, which said that it still holds: then nobody may hold it after it.</summary>
    /// <param name="holder">The holder.</param>
    public void Act(Holder holder)
    {
        if (holder.Held.IsHeld && holder.Held.Token < NewestToken)
            throw new ViolationException(
                $"{holder} looked whether it still holds '{name}', and was told so although token {NewestToken} was given out");
    }

    private Holder[] Believing() => [.. holders.Where(h => h.App.Runs && !h.Held.Lost.IsCancellationRequested)];

    private void Look(Holder[] suspects)
    {
        Holder[] still = [.. Believing().Where(suspects.Contains)];
        if (!allowed(still))
            throw new ViolationException($"'{name}' is held by {string.Join(" and ", still.AsEnumerable())} at once");
    }

    /// <summary>A holder.</summary>
    /// <param name="App">Its process.</param>
    /// <param name="Held">What it was given.</param>
    /// <param name="Kind">As what it holds.</param>
    internal sealed record Holder(RecipeApp App, IHeld Held, string Kind)
    {
        /// <inheritdoc/>
        public override string ToString() => $"{App.Name} ({Kind} token {Held.Token})";
    }
}
