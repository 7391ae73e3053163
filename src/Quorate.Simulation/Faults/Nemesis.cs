using Quorate.Simulation.Execution;
using Quorate.Simulation.Randomness;
using Quorate.Simulation.Tracing;

namespace Quorate.Simulation.Faults;

/// <summary>Draws the faults of a plan from the seed, at drawn times, until it is healed; the carrier carries them out.</summary>
internal sealed class Nemesis : SimulatedEvent
{
    private readonly Engine engine;
    private readonly FaultPlan plan;
    private readonly FaultCarrier carrier;
    private readonly FaultDraws draws;
    private readonly SeededRandom random;
    private readonly List<FaultKind> kinds;
    private bool isHealed;

    public Nemesis(Engine engine, FaultCarrier carrier, FaultPlan plan, Func<SeededRandom, FaultDraws> draws, int number)
    {
        this.engine = engine;
        this.plan = plan;
        this.carrier = carrier;
        random = SeededRandom.For(engine.Seed, $"nemesis {number}");
        this.draws = draws(random);
        kinds = Choose();
        engine.Trace.AddUnhashed(TraceKind.Note, engine.Now, $"nemesis: {string.Join(' ', kinds)}");
        if (kinds.Count > 0)
            ScheduleNext();
    }

    /// <summary>The kinds that this seed chose.</summary>
    public IReadOnlyList<FaultKind> Kinds => kinds;

    /// <summary>Whether it still injects faults.</summary>
    public bool IsActive => kinds.Count > 0 && !isHealed;

    public override void Fire()
    {
        var kind = kinds[random.Next(kinds.Count)];
        if (draws.Draw(kind, new TimeSpan(engine.Now), DrawDuration()) is { } action)
            carrier.TryBegin(action);
        ScheduleNext();
    }

    /// <summary>Begins no more.</summary>
    public void Heal()
    {
        isHealed = true;
        Engine.Cancel(this);
    }

    private void ScheduleNext() => engine.Schedule(this, random.NextTimeSpan(plan.IntervalMin, plan.IntervalMax).Ticks);

    // Short faults are the more frequent ones: the square leans to the short end.
    private TimeSpan DrawDuration()
    {
        var part = random.NextDouble();
        return plan.DurationMin + (plan.DurationMax - plan.DurationMin) * (part * part);
    }

    private List<FaultKind> Choose()
    {
        var all = Enum.GetValues<FaultKind>().Where(k => k != FaultKind.None && plan.Kinds.HasFlag(k)).ToList();
        if (!plan.Swarm || all.Count < 2)
            return all;
        var chosen = all.Where(_ => random.Chance(0.5)).ToList();
        return chosen.Count > 0 ? chosen : [all[random.Next(all.Count)]];
    }
}
