using Quorate.Simulation.Execution;
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
    private readonly SortedDictionary<string, MessageRewriter> rewriters = new(StringComparer.Ordinal);
    private readonly SortedSet<string> rewritten = new(StringComparer.Ordinal);
    private double loss;
    private double duplication;
    private double reordering;
    private double corruption;

    internal SimulatedNetwork(Engine engine, NetworkOptions options)
    {
        Engine = engine;
        Options = options;
    }

    /// <summary>How often a message is lost: a datagram for good, a connection's bytes until they are sent again.</summary>
    public double Loss { get => loss; set => SetRate(ref loss, value, nameof(Loss), "messages are lost"); }

    /// <summary>How often a datagram arrives twice.</summary>
    public double Duplication { get => duplication; set => SetRate(ref duplication, value, nameof(Duplication), "datagrams are doubled"); }

    /// <summary>
    /// How often a datagram takes a detour of up to <see cref="NetworkOptions.TailMax"/>, so that later ones overtake it.
    /// </summary>
    public double Reordering { get => reordering; set => SetRate(ref reordering, value, nameof(Reordering), "datagrams take a detour"); }

    /// <summary>
    /// How often a datagram arrives with a bit flipped; with <see cref="NetworkOptions.Authenticates"/> it is dropped instead. The bytes of
    /// a connection are never touched: its checksums turn damage into delay.
    /// </summary>
    public double Corruption { get => corruption; set => SetRate(ref corruption, value, nameof(Corruption), "datagrams are corrupted"); }

    /// <summary>How many datagrams have arrived.</summary>
    public long DatagramsDelivered { get; internal set; }

    /// <summary>The machines' names, in the order of their adding.</summary>
    internal IEnumerable<string> Names => hosts.Select(h => h.Name);

    internal Engine Engine { get; }

    internal NetworkOptions Options { get; }

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

    /// <summary>Lets every message of a way take this much longer; zero is as before.</summary>
    /// <param name="from">The sender.</param>
    /// <param name="to">The receiver.</param>
    /// <param name="extra">How much longer.</param>
    public void Delay(string from, string to, TimeSpan extra)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(extra, TimeSpan.Zero);
        LinkOf(from, to).ExtraLatency = extra.Ticks;
        Note($"delay {from} -> {to} by {extra:c}");
        Engine.Record?.Knob(null, KnobOwner.Network, $"delay {from} {to}", $"{from} → {to} slower by {extra:c}", extra > TimeSpan.Zero);
    }

    /// <summary>Limits how much a way carries: later messages queue behind earlier ones, datagrams for a minute at most.</summary>
    /// <param name="from">The sender.</param>
    /// <param name="to">The receiver.</param>
    /// <param name="bytesPerSecond">How many bytes a second; 0 is no limit.</param>
    public void Limit(string from, string to, long bytesPerSecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytesPerSecond);
        var link = LinkOf(from, to);
        (link.BytesPerSecond, link.BusyUntil) = (bytesPerSecond, 0);
        Note($"limit {from} -> {to} to {bytesPerSecond} bytes a second");
        Engine.Record?.Knob(
            null, KnobOwner.Network, $"limit {from} {to}", $"{from} → {to} at {bytesPerSecond} bytes a second", bytesPerSecond > 0);
    }

    /// <summary>
    /// Lets one machine forget its connections with another, which is not told: they are half open until it sends and gets a reset.
    /// </summary>
    /// <param name="forgetful">The machine whose ends are gone.</param>
    /// <param name="other">The machine that still believes in them.</param>
    public void HalfOpen(string forgetful, string other)
    {
        Note($"half open {forgetful} <- {other}");
        Engine.Record?.Knob(
            forgetful, KnobOwner.Network, "half open", $"forgets its connections with {other}", isFaulty: true, isInstant: true);
        var believer = HostOf(other);
        foreach (var connection in HostOf(forgetful).Connections.ToList())
        {
            if (ReferenceEquals(connection.RemoteHost, believer))
                connection.Forget();
        }
    }

    /// <summary>Sets what rewrites the messages of a machine while it is <see cref="Turn">turned</see>: a Byzantine node.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="rewriter">What its messages become; null for an honest machine.</param>
    public void SetRewriter(string machine, MessageRewriter? rewriter)
    {
        _ = HostOf(machine);
        if (rewriter is null)
            rewriters.Remove(machine);
        else
            rewriters[machine] = rewriter;
    }

    /// <summary>Whether a machine has a rewriter, so that it can turn.</summary>
    /// <param name="machine">The machine.</param>
    public bool CanTurn(string machine) => rewriters.ContainsKey(machine);

    /// <summary>Turns a machine: from now on its rewriter changes what it sends, or no longer does.</summary>
    /// <param name="machine">The machine; it has a rewriter.</param>
    /// <param name="isTraitor">Whether it is a traitor now.</param>
    public void Turn(string machine, bool isTraitor)
    {
        if (isTraitor && !rewriters.ContainsKey(machine))
            throw new InvalidOperationException($"Machine '{machine}' has no rewriter: SetRewriter gives it one.");
        if (isTraitor ? rewritten.Add(machine) : rewritten.Remove(machine))
        {
            Note(isTraitor ? $"{machine} is a traitor" : $"{machine} is honest again");
            Engine.Record?.Knob(machine, KnobOwner.Network, "traitor", "its messages are rewritten", isTraitor);
        }
        HostOf(machine).Rewriter = isTraitor ? rewriters[machine] : null;
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

    /// <summary>Ends every cut, clog, delay, limit, loss, duplication, reordering and corruption; every machine is honest again.</summary>
    public void Heal()
    {
        foreach (var link in hosts.SelectMany(h => h.Links))
            link?.Heal();
        foreach (var traitor in rewritten.ToList())
            Turn(traitor, isTraitor: false);
        (loss, duplication, reordering, corruption) = (0, 0, 0, 0);
        Note("network healed");
        Engine.Record?.Healed();
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
        return from.Links[to.Index] ??= new Link(from.Index, to.Index, Engine.Chance($"link {from.Name} -> {to.Name}"));
    }

    /// <summary>When a message of so many bytes that is sent now arrives, as a time from now.</summary>
    internal long DrawTransit(Link link, int bytes)
    {
        var latency = DrawLatency(link);
        if (link.BytesPerSecond == 0)
            return latency;
        var start = Math.Max(link.BusyUntil, Engine.Now);
        link.BusyUntil = start + (long)((double)bytes * TimeSpan.TicksPerSecond / link.BytesPerSecond);
        return link.BusyUntil - Engine.Now + latency;
    }

    internal long DrawLatency(Link link)
    {
        var bits = link.Random.NextUInt64();
        var part = (bits >> 32) * (1.0 / (1UL << 32));
        var isTail = (bits & uint.MaxValue) * (1.0 / (1UL << 32)) < Options.TailProbability;
        var max = isTail ? Options.TailMax : Options.LatencyMax;
        return Options.LatencyMin.Ticks + (long)((max - Options.LatencyMin).Ticks * part) + link.ExtraLatency;
    }

    /// <summary>When something that waits at a clogged link looks again: a clog may end before its time.</summary>
    internal long RetryAfterClog(Link link) => Math.Min(link.CloggedUntil, Engine.Now + ClogLook) + DrawLatency(link);

    internal DatagramFlight TakeFlight() => flights.TryPop(out var flight) ? flight : new DatagramFlight(this);

    internal void Return(DatagramFlight flight) => flights.Push(flight);

    private void SetRate(ref double field, double value, string name, string what)
    {
        if (!(value is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(name, value, "A probability here is from 0 to less than 1.");
        field = value;
        Engine.Record?.Knob(null, KnobOwner.Network, name, FormattableString.Invariant($"{value:P0} of {what}"), value > 0);
    }

    private Link LinkOf(string from, string to) => LinkBetween(HostOf(from), HostOf(to));

    private NetworkHost HostOf(string name) =>
        byName.TryGetValue(name, out var host) ? host : throw new ArgumentException($"The world has no machine '{name}'.", nameof(name));

    private void Note(string text) => Engine.Trace.Add(TraceKind.NetworkFault, Engine.Now, text);
}
