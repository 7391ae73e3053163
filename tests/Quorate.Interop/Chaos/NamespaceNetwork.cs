using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Quorate.Interop.Processes;

namespace Quorate.Interop.Chaos;

/// <summary>
/// A network of its own for each node, in network namespaces of Linux: a bridge in a namespace in the middle, and a pair of virtual
/// cables' ends for each node. The machine's own network is not touched, and the addresses are of these namespaces only.
/// </summary>
internal sealed class NamespaceNetwork : IDisposable
{
    private const string Subnet = "10.77.0";
    private const int ClientHost = 254;
    private const int NewNetwork = 0x40000000; // CLONE_NEWNET

    private readonly string prefix = $"quorate{Environment.ProcessId}-";
    private readonly int nodes;

    /// <summary>Makes the network; see <see cref="WhyNot"/> for whether that worked.</summary>
    public NamespaceNetwork(int nodes)
    {
        this.nodes = nodes;
        WhyNot = Make();
    }

    /// <summary>Why there is no such network; empty where there is.</summary>
    public string WhyNot { get; }

    public string Address(int node) => $"{Subnet}.{node + 1}";

    /// <summary>The program that starts another one at a node.</summary>
    public string[] Launcher(int node) => ["ip", "netns", "exec", Name(node)];

    /// <summary>Drops everything between a node and the other nodes. Clients still reach it.</summary>
    public void CutOff(int node)
    {
        Deafen(node);
        Mute(node);
    }

    /// <summary>Drops everything that the other nodes send to a node.</summary>
    public void Deafen(int node) => Add(node, "INPUT", "-s", "-j", "DROP");

    /// <summary>Drops everything that a node sends to the other nodes.</summary>
    public void Mute(int node) => Add(node, "OUTPUT", "-d", "-j", "DROP");

    /// <summary>Drops part of the packets that the other nodes send to a node.</summary>
    public void Lose(int node, double part) => Add(
        node, "INPUT", "-s", "-m", "statistic", "--mode", "random", "--probability", part.ToString(CultureInfo.InvariantCulture), "-j", "DROP");

    /// <summary>Resets every connection of the other nodes to a node at its next packet.</summary>
    public void Reset(int node) => Add(node, "INPUT", "-s", "-p", "tcp", "-j", "REJECT", "--reject-with", "tcp-reset");

    /// <summary>Lets everything through again.</summary>
    public void Heal(int node) => Must("ip", [.. Inside(node), "iptables", "-w", "-F"]);

    /// <summary>Connects from the namespace in the middle.</summary>
    public async ValueTask<Socket> ConnectAsync(DnsEndPoint remote, CancellationToken cancellationToken)
    {
        var socket = await SocketInTheMiddleAsync();
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(remote.Host), remote.Port), cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        for (var i = 0; i < nodes; i++)
            Run("ip", "netns", "del", Name(i));
        Run("ip", "netns", "del", Middle);
    }

    private string Middle => $"{prefix}m";

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static extern int EnterNamespace(SafeHandle file, int kind);

    private string Make()
    {
        if (Project.Find("ip") is null || Project.Find("iptables") is null)
            return "ip or iptables is not installed (Debian: iproute2, iptables)";
        string[][] steps =
        [
            ["netns", "add", Middle],
            ["-n", Middle, "link", "add", "bridge", "type", "bridge"],
            ["-n", Middle, "addr", "add", $"{Subnet}.{ClientHost}/24", "dev", "bridge"],
            ["-n", Middle, "link", "set", "bridge", "up"],
            .. Enumerable.Range(0, nodes).SelectMany(Steps),
        ];
        foreach (var step in steps)
        {
            if (Run("ip", step) is { Exit: not 0 } failed)
                return $"no network namespaces here: ip {string.Join(' ', step)}: {failed.Errors.Trim()}";
        }
        return "";
    }

    private string[][] Steps(int node) =>
    [
        ["netns", "add", Name(node)],
        ["-n", Middle, "link", "add", $"node{node}", "type", "veth", "peer", "name", "eth0", "netns", Name(node)],
        ["-n", Middle, "link", "set", $"node{node}", "master", "bridge", "up"],
        ["-n", Name(node), "addr", "add", $"{Address(node)}/24", "dev", "eth0"],
        ["-n", Name(node), "link", "set", "eth0", "up"],
        ["-n", Name(node), "link", "set", "lo", "up"],
        ["netns", "exec", Name(node), "iptables", "-w", "-L"],
    ];

    private string Name(int node) => $"{prefix}{node}";

    private string[] Inside(int node) => Launcher(node)[1..];

    private void Add(int node, string chain, string side, params string[] rule)
    {
        foreach (var other in Enumerable.Range(0, nodes).Where(i => i != node))
            Must("ip", [.. Inside(node), "iptables", "-w", "-A", chain, side, Address(other), .. rule]);
    }

    // A socket belongs to the namespace of the thread that makes it, for good; the thread ends, and nothing else was in there.
    private Task<Socket> SocketInTheMiddleAsync()
    {
        var made = new TaskCompletionSource<Socket>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                using var file = File.OpenHandle($"/var/run/netns/{Middle}");
                if (EnterNamespace(file, NewNetwork) != 0)
                    throw new IOException($"setns failed with {Marshal.GetLastPInvokeError()}");
                made.SetResult(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
            }
            catch (Exception e)
            {
                made.SetException(e);
            }
        }).Start();
        return made.Task;
    }

    private static void Must(string program, string[] arguments)
    {
        var (exit, errors) = Run(program, arguments);
        Assert.True(exit == 0, $"{program} {string.Join(' ', arguments)}: {errors}");
    }

    private static (int Exit, string Errors) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        process.StandardOutput.ReadToEnd();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, errors);
    }
}
