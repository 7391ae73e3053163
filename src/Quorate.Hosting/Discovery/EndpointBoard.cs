using System.Net;
using Quorate.Services.Discovery;

namespace Quorate.Hosting.Discovery;

/// <summary>What requests of this process have met with at instances: how many are under way, and which cannot be connected to.</summary>
/// <param name="options">The settings.</param>
/// <param name="clock">The clock.</param>
/// <remarks>What is not in use and not passed over is forgotten when there is much of it. Safe for any thread.</remarks>
internal sealed class EndpointBoard(DiscoveryHttpOptions options, TimeProvider clock)
{
    private const int KnownMax = 10_000;
    private readonly Lock gate = new();
    private readonly Dictionary<IPEndPoint, Standing> known = [];
    private readonly Dictionary<string, int> turns = new(StringComparer.Ordinal);

    /// <summary>Takes an instance for a request, which must be given back.</summary>
    /// <param name="service">The service.</param>
    /// <param name="endpoints">Its healthy instances, in an order drawn by weight.</param>
    /// <param name="tried">Those to which this request could not be sent.</param>
    /// <returns>The instance; null where all were tried.</returns>
    public IPEndPoint? Take(string service, IReadOnlyList<ServiceEndpoint> endpoints, IReadOnlySet<IPEndPoint> tried)
    {
        var priority = int.MaxValue;
        var best = new List<IPEndPoint>();
        lock (gate)
        {
            // Those that are passed over are asked when no other is left: they may be back.
            var untried = endpoints.Where(e => !tried.Contains(PlaceOf(e))).ToList();
            var candidates = untried.Where(e => !IsEjected(PlaceOf(e))).ToList();
            foreach (var endpoint in candidates.Count > 0 ? candidates : untried)
            {
                if (endpoint.Priority > priority)
                    break;
                priority = endpoint.Priority;
                best.Add(PlaceOf(endpoint));
            }

            if (best.Count == 0)
                return null;
            var chosen = Choose(service, best);
            StandingOf(chosen).UnderWay++;
            return chosen;
        }
    }

    /// <summary>Gives an instance back.</summary>
    /// <param name="place">Which.</param>
    public void Return(IPEndPoint place)
    {
        lock (gate)
            StandingOf(place).UnderWay--;
    }

    /// <summary>A connection to an instance could be made.</summary>
    /// <param name="place">Which.</param>
    public void Answered(IPEndPoint place)
    {
        lock (gate)
            if (known.TryGetValue(place, out var standing))
                standing.EjectedUntil = 0;
    }

    /// <summary>No connection to an instance could be made: it is passed over for a while, where not too many are.</summary>
    /// <param name="place">Which.</param>
    /// <param name="endpoints">The healthy instances of its service.</param>
    public void Failed(IPEndPoint place, IReadOnlyList<ServiceEndpoint> endpoints)
    {
        lock (gate)
        {
            var ejected = endpoints.Count(e => !PlaceOf(e).Equals(place) && IsEjected(PlaceOf(e)));
            if (ejected + 1 <= options.EjectedPartMax * endpoints.Count)
                StandingOf(place).EjectedUntil = clock.GetTimestamp() + (long)(options.EjectionTime.TotalSeconds * clock.TimestampFrequency);
        }
    }

    private static IPEndPoint PlaceOf(ServiceEndpoint endpoint) => new(endpoint.Address, endpoint.Port);

    private IPEndPoint Choose(string service, List<IPEndPoint> best)
    {
        switch (options.Balancing)
        {
            case Balancing.RoundRobin:
                best.Sort(static (a, b) => string.CompareOrdinal(a.ToString(), b.ToString()));
                if (turns.Count >= KnownMax)
                    turns.Clear();
                var turn = turns.GetValueOrDefault(service);
                turns[service] = (turn + 1) & int.MaxValue;
                return best[turn % best.Count];
            case Balancing.LeastLoadedOfTwo when best.Count > 1:
                return UnderWay(best[1]) < UnderWay(best[0]) ? best[1] : best[0];
            default:
                return best[0];
        }
    }

    private int UnderWay(IPEndPoint place) => known.TryGetValue(place, out var standing) ? standing.UnderWay : 0;

    private bool IsEjected(IPEndPoint place) => known.TryGetValue(place, out var standing) && standing.EjectedUntil > clock.GetTimestamp();

    private Standing StandingOf(IPEndPoint place)
    {
        if (known.TryGetValue(place, out var found))
            return found;
        if (known.Count >= KnownMax)
            foreach (var idle in known.Where(k => k.Value.UnderWay == 0 && !IsEjected(k.Key)).Select(k => k.Key).ToList())
                known.Remove(idle);
        return known[place] = new Standing();
    }

    private sealed class Standing
    {
        public int UnderWay { get; set; }

        public long EjectedUntil { get; set; }
    }
}
