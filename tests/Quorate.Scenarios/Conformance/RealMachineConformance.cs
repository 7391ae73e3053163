namespace Quorate.Scenarios.Conformance;

public sealed class RealNetwork_conforms : NetworkConformance
{
    protected override IConformanceWorld NewWorld() => new RealWorld();
}

public sealed class RealDatagrams_conform : DatagramConformance
{
    protected override IConformanceWorld NewWorld() => new RealWorld();
}

public sealed class RealDisk_conforms : DiskConformance
{
    protected override IConformanceWorld NewWorld() => new RealWorld();
}

public sealed class RealFile_conforms : FileConformance
{
    protected override IConformanceWorld NewWorld() => new RealWorld();
}

public sealed class RealTimers_conform : TimerConformance
{
    protected override IConformanceWorld NewWorld() => new RealWorld();
}

public sealed class RealStrands_conform : StrandConformance
{
    protected override IConformanceWorld NewWorld() => new RealWorld();
}
