namespace Quorate.Simulation.Faults;

/// <summary>A fault that code outside the machines began, and may end before its time.</summary>
public sealed class OpenFault
{
    private readonly ActiveFault fault;

    internal OpenFault(ActiveFault fault) => this.fault = fault;

    /// <summary>Ends it now, where it still lasts. The schedule of the run then has it as long as it was.</summary>
    public void End() => fault.EndEarly();
}
