namespace Quorate.Simulation.Randomness;

/// <summary>Says which moment it is. What comes a little earlier or later than it did comes in the same one, most of the time.</summary>
internal interface IMoments
{
    /// <summary>The moment, counted from the beginning.</summary>
    long Moment { get; }
}
