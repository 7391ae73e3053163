namespace Quorate.Testing.Running;

/// <summary>How long the parts of a run take, in simulated time.</summary>
/// <param name="Faults">How long there are faults.</param>
/// <param name="Progress">How long a healed majority may take to serve again; zero where it need not.</param>
/// <param name="End">How long the clients may take to end, once all is healed.</param>
internal readonly record struct RunTimes(TimeSpan Faults, TimeSpan Progress, TimeSpan End);
