namespace Quorate.Simulation.Faults;

/// <summary>A fault that code outside the machines began, and may end before its time.</summary>
public sealed class OpenFault
{
    private readonly OpeningFault opening;

    internal OpenFault(OpeningFault opening) => this.opening = opening;

    /// <summary>
    /// Ends it at this instant, where it still lasts: before any fault that begins at this instant. The schedule of the run then has it as long
    /// as it was.
    /// </summary>
    public void End() => opening.End();
}
