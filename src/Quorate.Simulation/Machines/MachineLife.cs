using Quorate.Kernel.Machines;
using Quorate.Kernel.Strands;
using Quorate.Simulation.Execution;

namespace Quorate.Simulation.Machines;

/// <summary>The machine as the node's code sees it, from one boot to the next crash.</summary>
internal sealed class MachineLife(
    Incarnation incarnation, TimeProvider clock, INetwork network, IDisk disk, Random random, ITelemetry telemetry) : IMachine
{
    public string Name => incarnation.Machine;

    public TimeProvider Clock => clock;

    public INetwork Network => network;

    public IDisk Disk => disk;

    public Random Random => random;

    public void FillSecret(Span<byte> bytes) => random.NextBytes(bytes);

    public ITelemetry Telemetry => telemetry;

    public Strand CreateStrand(string name) => incarnation.CreateStrand(name);

    public void Fail(Exception reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (!incarnation.IsAlive || incarnation.StopsFor?.Invoke(reason) == true)
            return;
        incarnation.Engine.Fail($"machine '{Name}' stopped itself: {reason.GetType().Name}: {reason.Message}", reason);
        incarnation.Kill();
    }
}
