namespace Quorate.Simulation.Tracing;

/// <summary>What kind of thing happened. The numbers are part of the trace's hash: add at the end.</summary>
internal enum TraceKind : byte
{
    Step = 1,
    Timer = 2,
    DatagramSent = 3,
    DatagramDelivered = 4,
    DatagramLost = 5,
    Segment = 6,
    Connected = 7,
    Refused = 8,
    Reset = 9,
    DiskOperation = 10,
    DiskFault = 11,
    DiskCrash = 12,
    MachineStarted = 13,
    MachineCrashed = 14,
    MachineStopped = 15,
    MachinePaused = 16,
    MachineResumed = 17,
    NetworkFault = 18,
    ClockFault = 19,
    Telemetry = 20,
    Note = 21,
    MachineStoppedItself = 22,
    DatagramCorrupted = 23,
}
