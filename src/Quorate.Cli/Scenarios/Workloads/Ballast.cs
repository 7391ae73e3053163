using System.Globalization;
using System.Text;
using Quorate.Cli.Scenarios.Clusters;
using Quorate.Kernel.Machines;
using Quorate.Services.Coordination;

namespace Quorate.Cli.Scenarios.Workloads;

/// <summary>Writes keys that nobody reads: what lies in a replica's memory and waits for a bit to flip.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="valueLength">How long values are.</param>
internal sealed class Ballast(SimulatedCluster cluster, int valueLength = 400)
{
    private const int Keys = 12;
    private static readonly TimeSpan ThinkMax = TimeSpan.FromMilliseconds(800);

    /// <summary>The revision of its newest write that was acknowledged.</summary>
    public long Revision { get; private set; }

    /// <summary>A key of it.</summary>
    public static ReadOnlyMemory<byte> Key(int number) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"ballast/{number % Keys}"));

    /// <summary>Writes until the cluster ends.</summary>
    /// <param name="machine">The clients' machine.</param>
    public async Task RunAsync(IMachine machine)
    {
        var calls = new ClientCalls(cluster, machine);
        var turns = cluster.World.OperationsOf("ballast");
        while (await turns.NextAsync(machine, ThinkMax, () => cluster.IsEnding) is { } turn)
        {
            calls.Random = turn.Random;
            var value = Encoding.UTF8.GetBytes(turn.Ordinal.ToString(CultureInfo.InvariantCulture).PadRight(valueLength, '.'));
            var put = await calls.CallAsync(service => service.PutAsync(new PutRequest(Key(turn.Ordinal), value)));
            Revision = put.Response?.Header.Revision ?? Revision;
        }
    }
}
