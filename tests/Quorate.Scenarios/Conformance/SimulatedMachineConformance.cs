namespace Quorate.Scenarios.Conformance;

public sealed class SimulatedNetwork_conforms : NetworkConformance
{
    protected override IConformanceWorld NewWorld() => new SimulatedWorld();
}

public sealed class SimulatedDatagrams_conform : DatagramConformance
{
    protected override IConformanceWorld NewWorld() => new SimulatedWorld();
}

public sealed class SimulatedDisk_conforms : DiskConformance
{
    protected override IConformanceWorld NewWorld() => new SimulatedWorld();
}

public sealed class SimulatedFile_conforms : FileConformance
{
    protected override IConformanceWorld NewWorld() => new SimulatedWorld();
}

public sealed class SimulatedTimers_conform : TimerConformance
{
    protected override IConformanceWorld NewWorld() => new SimulatedWorld();
}

public sealed class SimulatedStrands_conform : StrandConformance
{
    protected override IConformanceWorld NewWorld() => new SimulatedWorld();
}
