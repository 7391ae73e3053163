using Quorate.Simulation.Execution;
using Quorate.Simulation.Randomness;
using Quorate.Simulation.Tracing;

namespace Quorate.Simulation.Networks;

/// <summary>The network of a world, and the knobs that break it.</summary>
/// <remarks>
/// Guarantee: a connection's bytes arrive in order and unchanged or it is reset; a datagram may be lost, doubled or overtaken. Messages
/// still under way when a cut begins are cut too.
/// Cost: one event a datagram; two a run of bytes on a connection (arrival and acknowledgement).
/// Fails when: a machine of an unknown name is cut or clogged (<see cref="ArgumentException"/>).
/// </remarks>
public sealed class SimulatedNetwork
{
    private const long ClogLook = 100 * TimeSpan.TicksPerMillisecond;
    private readonly Dictionary<string, NetworkHost> byName = [];
    private readonly List<NetworkHost> hosts = [];
    private readonly Stack<DatagramFlight> flights = new();
    private double loss;
    private double duplication;
    private double reordering;

    internal SimulatedNetwork(Engine engine, NetworkOptions options)
    {
        Engine = engine;
        Options = options;
        Random = SeededRandom.For(engine.Seed, "network");
    }

    /// <summary>How often a message is lost: a datagram for good, a connection's bytes until they are sent again.</summary>
    public double Loss { get => loss; set => SetRate(ref loss, value, nameof(Loss), "messages are lost"); }

    /// <summary>How often a datagram arrives twice.</summary>
    public double Duplication { get => duplication; set => SetRate(ref duplication, value, nameof(Duplication), "datagrams are doubled"); }

    /// <summary>
    /// How often a datagram takes a detour of up to <see cref="NetworkOptions.TailMax"/>, so that later ones overtake it.
    /// </summary>
    public double Reordering { get => reordering; set => SetRate(ref reordering, value, nameof(Reordering), "datagrams take a detour"); }

    /// <summary>How many datagrams have arrived.</summary>
    public long DatagramsDelivered { get; internal set; }

    internal Engine Engine { get; }

    internal NetworkOptions Options { get; }

    internal SeededRandom Random { get; }

    /// <summary>Cuts the way from one machine to another; the way back stays. Cuts add up: each needs its <see cref="Mend"/>.</summary>
    /// <param name="from">The machine that is not heard any more.</param>
    /// <param name="to">The machine that does not hear it.</param>
    public void Cut(string from, string to)
    {
        LinkOf(from, to).Cuts++;
        Note($"cut {from} -> {to}");
        Engine.Record?.Link(from, to, LinkStep.Cut);
    }

    /// <summary>Takes one cut of this way back.</summary>
    /// <param name="from">The machine that was not heard.</param>
    /// <param name="to">The machine that did not hear it.</param>
    public void Mend(string from, string to)
    {
        var link = LinkOf(from, to);
        link.Cuts = Math.Max(0, link.Cuts - 1);
        Note($"mend {from} -> {to}");
        Engine.Record?.Link(from, to, LinkStep.Mended);
    }

    /// <summary>Cuts two machines off from each other, both ways.</summary>
    /// <param name="a">One machine.</param>
    /// <param name="b">The other.</param>
    public void Partition(string a, string b)
    {
        Cut(a, b);
        Cut(b, a);
    }

    /// <summary>Cuts every machine of one side off from every machine of the other, both ways.</summary>
    /// <param name="side">One side.</param>
    /// <param name="other">The other side.</param>
    public void Partition(IEnumerable<string> side, IEnumerable<string> other)
    {
        var others = other.ToList();
        foreach (var a in side)
        {
            foreach (var b in others)
                Partition(a, b);
        }
    }

    /// <summary>Cuts one machine off from all that the network knows, both ways.</summary>
    /// <param name="name">The machine.</param>
    public void Isolate(string name) => Partition([name], hosts.Where(h => h.Name != name).Select(h => h.Name));

    /// <summary>Holds back all that goes from one machine to another; it arrives when the time is over.</summary>
    /// <param name="from">The sender.</param>
    /// <param name="to">The receiver.</param>
    /// <param name="duration">For how long from now.</param>
    public void Clog(string from, string to, TimeSpan duration)
    {
        var link = LinkOf(from, to);
        link.CloggedUntil = Math.Max(link.CloggedUntil, Engine.Now + duration.Ticks);
        Note($"clog {from} -> {to} for {duration:c}");
        Engine.Record?.Link(from, to, LinkStep.Clogged, new TimeSpan(link.CloggedUntil));
    }

    /// <summary>Ends a clog before its time.</summary>
    /// <param name="from">The sender.</param>
    /// <param name="to">The receiver.</param>
    public void Unclog(string from, string to)
    {
        LinkOf(from, to).CloggedUntil = 0;
        Note($"unclog {from} -> {to}");
        Engine.Record?.Link(from, to, LinkStep.Unclogged);
    }

    /// <summary>How many connections are open at a machine, dialled and accepted.</summary>
    /// <param name="name">The machine.</param>
    public int ConnectionsOf(string name) => HostOf(name).Connections.Count;

    /// <summary>Resets every connection between two machines.</summary>
    /// <param name="a">One machine.</param>
    /// <param name="b">The other.</param>
    public void ResetConnections(string a, string b)
    {
        Note($"reset {a} <-> {b}");
        Engine.Record?.Link(a, b, LinkStep.Reset);
        var other = HostOf(b);
        foreach (var connection in HostOf(a).Connections.ToList())
        {
            if (ReferenceEquals(connection.RemoteHost, other))
                connection.ResetBoth("the network reset the connection");
        }
    }

    /// <summary>Ends every cut, clog, loss, duplication and reordering.</summary>
    public void Heal()
    {
        foreach (var link in hosts.SelectMany(h => h.Links))
        {
            if (link is null)
                continue;
            link.Cuts = 0;
            link.CloggedUntil = 0;
        }
        (loss, duplication, reordering) = (0, 0, 0);
        Note("network healed");
        RecordHealing();
    }

    internal NetworkHost AddHost(string name)
    {
        var host = new NetworkHost(name, hosts.Count);
        if (!byName.TryAdd(name, host))
            throw new ArgumentException($"The world has a machine '{name}' already.", nameof(name));
        hosts.Add(host);
        return host;
    }

    internal bool TryFind(string name, out NetworkHost host) => byName.TryGetValue(name, out host!);

    internal Link LinkBetween(NetworkHost from, NetworkHost to)
    {
        while (from.Links.Count <= to.Index)
            from.Links.Add(null);
        return from.Links[to.Index] ??= new Link(from.Index, to.Index);
    }

    internal long DrawLatency()
    {
        var bits = Random.NextUInt64();
        var part = (bits >> 32) * (1.0 / (1UL << 32));
        var isTail = (bits & uint.MaxValue) * (1.0 / (1UL << 32)) < Options.TailProbability;
        var max = isTail ? Options.TailMax : Options.LatencyMax;
        return Options.LatencyMin.Ticks + (long)((max - Options.LatencyMin).Ticks * part);
    }

    /// <summary>When something that waits at a clogged link looks again: a clog may end before its time.</summary>
    internal long RetryAfterClog(Link link) => Math.Min(link.CloggedUntil, Engine.Now + ClogLook) + DrawLatency();

    internal DatagramFlight TakeFlight() => flights.TryPop(out var flight) ? flight : new DatagramFlight(this);

    internal void Return(DatagramFlight flight) => flights.Push(flight);

    private void SetRate(ref double field, double value, string name, string what)
    {
        if (!(value is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(name, value, "A probability here is from 0 to less than 1.");
        field = value;
        Engine.Record?.Knob(null, KnobOwner.Network, name, FormattableString.Invariant($"{value:P0} of {what}"), value > 0);
    }

    private void RecordHealing()
    {
        if (Engine.Record is not { } record)
            return;
        record.Healed();
        foreach (var knob in (string[])[nameof(Loss), nameof(Duplication), nameof(Reordering)])
            record.Knob(null, KnobOwner.Network, knob, "network healed", isFaulty: false);
    }

    private Link LinkOf(string from, string to) => LinkBetween(HostOf(from), HostOf(to));

    private NetworkHost HostOf(string name) =>
        byName.TryGetValue(name, out var host) ? host : throw new ArgumentException($"The world has no machine '{name}'.", nameof(name));

    private void Note(string text) => Engine.Trace.Add(TraceKind.NetworkFault, Engine.Now, text);
}
