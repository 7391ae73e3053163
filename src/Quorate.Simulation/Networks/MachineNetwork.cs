using Quorate.Kernel.Machines;
using Quorate.Simulation.Execution;
using Quorate.Simulation.Tracing;

namespace Quorate.Simulation.Networks;

/// <summary>The network as one life of a machine sees it.</summary>
internal sealed class MachineNetwork(SimulatedNetwork network, NetworkHost host, Incarnation incarnation) : INetwork
{
    public SimulatedNetwork Network => network;

    public NetworkHost Host => host;

    public Incarnation Incarnation => incarnation;

    public ValueTask<IConnection> ConnectAsync(NetworkAddress remote, CancellationToken cancellationToken = default)
    {
        Check("Network.ConnectAsync");
        cancellationToken.ThrowIfCancellationRequested();
        if (Resolve(remote.Host) is not { } target)
            return ValueTask.FromException<IConnection>(new IOException($"There is no machine '{remote.Host}'."));
        var attempt = new ConnectAttempt(this, target, remote.Port);
        return attempt.StartAsync(cancellationToken);
    }

    public ValueTask<IListener> ListenAsync(NetworkAddress local, CancellationToken cancellationToken = default)
    {
        Check("Network.ListenAsync");
        cancellationToken.ThrowIfCancellationRequested();
        var port = ClaimPort(local, host.Listeners);
        var listener = new SimulatedListener(this, port);
        if (incarnation.IsAlive)
            host.Listeners.Add(port, listener);
        return ValueTask.FromResult<IListener>(listener);
    }

    public ValueTask<IDatagramSocket> BindAsync(NetworkAddress local, CancellationToken cancellationToken = default)
    {
        Check("Network.BindAsync");
        cancellationToken.ThrowIfCancellationRequested();
        var port = ClaimPort(local, host.Sockets);
        var socket = new SimulatedDatagramSocket(this, host, port);
        if (incarnation.IsAlive)
            host.Sockets.Add(port, socket);
        return ValueTask.FromResult<IDatagramSocket>(socket);
    }

    public void Check(string call) => network.Engine.Escapes.CheckCall(host.Name, call);

    public NetworkHost? Resolve(string name)
    {
        if (IsOwn(name))
            return host;
        return network.TryFind(name, out var found) ? found : null;
    }

    public void Note(TraceKind kind, long first, long second) => network.Engine.Trace.Add(kind, network.Engine.Now, first, second);

    private bool IsOwn(string name) => name == host.Name || name is "localhost" or "127.0.0.1" or "::1" or "0.0.0.0" or "::";

    private int ClaimPort<T>(NetworkAddress local, Dictionary<int, T> taken)
    {
        if (!IsOwn(local.Host))
            throw new IOException($"{local} is not an address of machine '{host.Name}'.");
        if (local.Port is < 0 or > 65_535)
            throw new ArgumentOutOfRangeException(nameof(local), local.Port, "A port is from 0 to 65535.");
        if (local.Port == 0)
            return host.FreePort(taken);
        if (taken.ContainsKey(local.Port))
            throw new IOException($"{local} is in use.");
        return local.Port;
    }
}
