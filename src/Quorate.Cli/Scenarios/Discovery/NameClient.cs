using Quorate.Kernel.Machines;
using Quorate.Services.Dns.Resolving;
using Quorate.Services.Dns.Wire;

namespace Quorate.Cli.Scenarios.Discovery;

/// <summary>Asks servers for the instances of a service, again and again, and keeps what it was told last.</summary>
/// <param name="board">What is true.</param>
/// <param name="servers">The servers.</param>
/// <param name="service">The service.</param>
internal sealed class NameClient(InstanceBoard board, IReadOnlyList<NetworkAddress> servers, string service)
{
    /// <summary>How long one server is waited for.</summary>
    public static readonly TimeSpan ServerTimeout = TimeSpan.FromMilliseconds(300);

    private static readonly DomainName Zone = DomainName.Parse("service.quorate");

    /// <summary>What it was told last.</summary>
    public Told Last { get; private set; } = new([], TimeSpan.Zero, IsStale: true);

    /// <summary>When the answer came that came last.</summary>
    public TimeSpan AnsweredAt { get; private set; }

    /// <summary>The servers that it asks.</summary>
    public IReadOnlyList<NetworkAddress> Servers => servers;

    /// <summary>The service that it asks for.</summary>
    public string Service => service;

    /// <summary>Asks until it is told to end.</summary>
    /// <param name="machine">The client's machine.</param>
    /// <param name="pause">How long it waits in between.</param>
    /// <param name="isEnding">Whether to end.</param>
    public async Task RunAsync(IMachine machine, TimeSpan pause, Func<bool> isEnding)
    {
        var resolver = new DnsResolver(machine, new DnsResolverOptions { Servers = servers, Timeout = ServerTimeout, Rounds = 1 });
        while (!isEnding())
        {
            await AskAsync(resolver);
            await Task.Delay(pause, machine.Clock);
        }
    }

    private async Task AskAsync(DnsResolver resolver)
    {
        var world = board.Cluster.World;
        var askedAt = world.Now;
        try
        {
            var answer = await resolver.QueryAsync(Zone.Below(service), RecordType.SRV);
            var told = new List<Incarnation>();
            foreach (var record in answer.Records)
            {
                if (Incarnation.Of(service, record, answer.Additionals) is { } instance)
                    told.Add(instance);
                else
                    board.Report($"a client is told of {service} what is of no instance of it: {record}");
            }

            (Last, AnsweredAt) = (new Told(told, askedAt, answer.IsStale), world.Now);
            board.Cluster.Metrics.Add(answer.IsStale ? "told as stale" : "told");
        }
        catch (DnsUnansweredException)
        {
            board.Cluster.Metrics.Add("not answered");
        }
    }
}

/// <summary>What a client was told.</summary>
/// <param name="Instances">The instances.</param>
/// <param name="AskedAt">When it asked.</param>
/// <param name="IsStale">Whether it was said to be old.</param>
internal sealed record Told(IReadOnlyList<Incarnation> Instances, TimeSpan AskedAt, bool IsStale);
