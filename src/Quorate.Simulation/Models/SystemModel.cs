using Quorate.Simulation.Faults;
using Quorate.Simulation.Networks;

namespace Quorate.Simulation.Models;

/// <summary>What a link between two correct processes does to messages.</summary>
public enum LinkModel
{
    /// <summary>Messages may be lost and doubled, but one that is sent again and again arrives; none is made up.</summary>
    FairLoss,

    /// <summary>Every message arrives exactly once, unless its sender or receiver crashes.</summary>
    Reliable,

    /// <summary>As reliable; and what is received was sent by the machine that it names, unchanged.</summary>
    Authenticated,
}

/// <summary>How processes fail.</summary>
public enum ProcessModel
{
    /// <summary>A minority stops, and stays so.</summary>
    CrashStop,

    /// <summary>Any may stop and come back with what it had made durable.</summary>
    CrashRecovery,

    /// <summary>Less than a third send what they like; see <see cref="SimulatedNetwork.SetRewriter"/>.</summary>
    Byzantine,
}

/// <summary>What is known about time.</summary>
public enum TimingModel
{
    /// <summary>Messages take at most <see cref="SystemModel.Delta"/>, clocks are that close, and nobody pauses.</summary>
    Synchronous,

    /// <summary>As asynchronous until the world heals, and synchronous from then on; when that is, nobody knows.</summary>
    PartiallySynchronous,

    /// <summary>Messages may take any finite time, and clocks tell nothing.</summary>
    Asynchronous,
}

/// <summary>The models of the textbooks: what links, processes and time may do, as a world's options and a plan of faults.</summary>
/// <remarks>
/// Guarantee: a world of <see cref="Options"/> under <see cref="Plan"/> does what the models allow, datagrams for messages, and no more.
/// Cost: none of its own. Fails when: other faults are injected beside the plan.
/// Source: Cachin, Guerraoui and Rodrigues, "Introduction to Reliable and Secure Distributed Programming", chapter 2; Dwork, Lynch and
/// Stockmeyer, "Consensus in the presence of partial synchrony", JACM 1988.
/// </remarks>
/// <param name="Links">What links do.</param>
/// <param name="Processes">How processes fail.</param>
/// <param name="Timing">What is known about time.</param>
public sealed record SystemModel(LinkModel Links, ProcessModel Processes, TimingModel Timing)
{
    private const FaultKind Losses = FaultKind.Loss | FaultKind.Duplication | FaultKind.Partition | FaultKind.OneWayPartition
        | FaultKind.PartialPartition | FaultKind.BridgedPartition | FaultKind.MajorityRing;

    private const FaultKind Delays = FaultKind.Clog | FaultKind.SwizzleClog | FaultKind.LatencySpike | FaultKind.Reordering;

    private const FaultKind Clocks = FaultKind.ClockSkew | FaultKind.ClockDrift | FaultKind.ClockJump | FaultKind.ClockStrobe;

    /// <summary>The bound of a synchronous system on a message's time and on a clock's error. Default 10 ms.</summary>
    public TimeSpan Delta { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>How the world behaves before any fault.</summary>
    public WorldOptions Options
    {
        get
        {
            var isBounded = Timing != TimingModel.Asynchronous;
            var network = new NetworkOptions
            {
                LatencyMin = Delta / 100,
                LatencyMax = isBounded ? Delta : Delta * 10,
                TailMax = isBounded ? Delta : Delta * 100,
                TailProbability = isBounded ? 0 : 0.1,
                Authenticates = Links == LinkModel.Authenticated,
                ProvesIdentity = Links == LinkModel.Authenticated,
            };
            return new WorldOptions { Network = network, ClockErrorMax = Timing == TimingModel.Synchronous ? Delta : TimeSpan.MaxValue };
        }
    }

    /// <summary>The faults that the models allow.</summary>
    public FaultPlan Plan
    {
        get
        {
            var plan = new FaultPlan
            {
                Kinds = KindsOfLinks | KindsOfProcesses | KindsOfTime,
                Restarts = Processes != ProcessModel.CrashStop,
                Swarm = false,
            };
            // A machine that is down answers nobody, so with crash-stop a majority must stay.
            return Processes == ProcessModel.CrashStop ? plan with { DownPart = 0.5 } : plan;
        }
    }

    private FaultKind KindsOfLinks => Links == LinkModel.FairLoss ? Losses : FaultKind.None;

    private FaultKind KindsOfProcesses => Processes switch
    {
        ProcessModel.CrashStop => FaultKind.Crash,
        ProcessModel.CrashRecovery => FaultKind.Crash | FaultKind.CrashLoop | FaultKind.CleanStop,
        _ => FaultKind.Byzantine,
    };

    private FaultKind KindsOfTime => Timing switch
    {
        TimingModel.Synchronous => FaultKind.None,
        _ => Delays | Clocks | FaultKind.Pause | FaultKind.SlowDisk,
    };
}
