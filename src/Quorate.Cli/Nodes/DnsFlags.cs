using System.CommandLine;
using Quorate.Hosting.Dns;
using Quorate.Services.Discovery.Zones;
using Quorate.Services.Dns.Serving;

namespace Quorate.Cli.Nodes;

/// <summary>The flags of a node's DNS.</summary>
/// <param name="whichPorts">What the help says of ports.</param>
internal sealed class DnsFlags(string whichPorts)
{
    private readonly Option<string> listen = new("--dns")
    {
        Description = $"Where the registered services are told over DNS{whichPorts}; whoever reaches it can read them. Left out: not at all.",
        HelpName = "H:P",
    };

    private readonly Option<string> zone = new("--dns-zone")
    {
        Description = "The zone of --dns: service 'orders' is orders.ZONE.",
        DefaultValueFactory = _ => DiscoveryZoneOptions.ApexDefault,
        HelpName = "ZONE",
    };

    private readonly Option<int> rate = new("--dns-rate")
    {
        Description = "The most answers a second to one network over datagrams, against forged senders. 0: no bound.",
        DefaultValueFactory = _ => 0,
        HelpName = "N",
    };

    /// <summary>Adds the flags to a command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        command.Options.Add(listen);
        command.Options.Add(zone);
        command.Options.Add(rate);
    }

    /// <summary>The settings that the flags make; null where DNS is not wanted.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="portsAbove">How far above the port of the flag this node's is.</param>
    /// <exception cref="UsageException">A flag is not understood.</exception>
    public DnsEndpointOptions? Read(ParseResult line, int portsAbove = 0)
    {
        if (line.GetValue(listen) is not { } text)
            return null;
        var address = MemberFlag.Address("--dns", text);
        if (address.Port != 0)
            address = address with { Port = address.Port + portsAbove };
        if (address.Port > ushort.MaxValue)
            throw new UsageException($"--dns {text} leaves no valid port for each node.");
        return new DnsEndpointOptions(new DnsServerOptions { Listen = address, ResponsesPerSecondMax = line.GetValue(rate) })
        {
            Zone = new DiscoveryZoneOptions { Apex = line.GetValue(zone)! },
        };
    }
}
