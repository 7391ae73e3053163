namespace Quorate.Cli.Models.Raft;

/// <summary>What is wrong with the model on purpose.</summary>
internal enum PlantedBug
{
    None,

    /// <summary>A restart forgets votedFor.</summary>
    ForgottenVote,

    /// <summary>Entries are acknowledged before they are durable.</summary>
    EarlyAcknowledgement,
}

/// <summary>How large the Raft model is, and what is wrong with it on purpose.</summary>
/// <param name="Servers">How many servers.</param>
/// <param name="Terms">The last term.</param>
/// <param name="Commands">How many commands are proposed in all.</param>
/// <param name="Crashes">How many crashes there are in all.</param>
/// <param name="SlowDisk">Whether other things happen while a write is under way; else a write is done at once, or lost by a crash at
/// once.</param>
/// <param name="Symmetry">Whether one of the states that differ only in the servers' names stands for all; a path then mixes names.</param>
/// <param name="Bug">What is wrong on purpose.</param>
/// <param name="Candidates">How many of the servers ever stand for election: the others' timers never run out first.</param>
/// <param name="Liveness">Whether a leader must come, and a single candidate's commands be committed.</param>
internal sealed record RaftModelBounds(
    int Servers = 3,
    int Terms = 2,
    int Commands = 1,
    int Crashes = 1,
    bool SlowDisk = false,
    bool Symmetry = true,
    PlantedBug Bug = PlantedBug.None,
    int Candidates = int.MaxValue,
    bool Liveness = false)
{
    /// <summary>Whether servers are renamed: only where they are alike, and nothing is asked of one alone.</summary>
    public bool IsReduced => Symmetry && !Liveness && Candidates >= Servers;
}
