using Quorate.Simulation.Execution;

namespace Quorate.Simulation.Networks;

/// <summary>A machine's place in the network; it outlives the machine's crashes, what is bound to it does not.</summary>
internal sealed class NetworkHost(string name, int index)
{
    private const int FirstFreePort = 49_152;
    private const int LastPort = 65_535;
    private int nextFreePort = FirstFreePort;

    public string Name { get; } = name;

    public int Index { get; } = index;

    /// <summary>The life that runs now, or null while the machine is down.</summary>
    public Incarnation? Incarnation { get; set; }

    /// <summary>Whether a crashed machine's system still answers with resets (the process died), or is silent (the power failed).</summary>
    public bool AnswersWhileDown { get; set; } = true;

    /// <summary>What changes its messages while it is a traitor, or null.</summary>
    public MessageRewriter? Rewriter { get; set; }

    public List<Link?> Links { get; } = [];

    public Dictionary<int, SimulatedListener> Listeners { get; } = [];

    public Dictionary<int, SimulatedDatagramSocket> Sockets { get; } = [];

    /// <summary>Open connections in the order of their making.</summary>
    public LinkedList<SimulatedConnection> Connections { get; } = new();

    public int FreePort<T>(Dictionary<int, T> taken)
    {
        for (var tries = FirstFreePort; tries <= LastPort; tries++)
        {
            var port = nextFreePort;
            nextFreePort = port == LastPort ? FirstFreePort : port + 1;
            if (!taken.ContainsKey(port))
                return port;
        }
        throw new IOException($"Machine '{Name}' has no free port.");
    }

    public int EphemeralPort()
    {
        var port = nextFreePort;
        nextFreePort = port == LastPort ? FirstFreePort : port + 1;
        return port;
    }
}
