using Quorate.Kernel.Encoding;
using Quorate.Kernel.Machines;
using Quorate.Protocols.Raft;
using Quorate.Services.Replication.Levels;
using Quorate.Services.Replication.Members;
using Quorate.Services.Replication.Sessions;

namespace Quorate.Services.Replication;

/// <summary>Applies committed entries in order, in slices, so that heartbeats and answers are not kept waiting.</summary>
internal sealed class Applier
{
    /// <summary>The most sessions of a group; the one used the longest ago makes room.</summary>
    public const int SessionsMax = 1024;

    private const int SliceEntries = 2048;
    private const int LookAtClockEvery = 64;
    private static readonly TimeSpan SliceTime = TimeSpan.FromMilliseconds(2);

    private readonly HostContext host;
    private readonly IStateMachine machine;
    private readonly ProposalQueue proposals;

    public Applier(HostContext host, IStateMachine machine, ProposalQueue proposals)
    {
        this.host = host;
        this.machine = machine;
        this.proposals = proposals;
        SetLevel(host.Options.FirstLevel);
    }

    public SessionTable Sessions { get; } = new(SessionsMax);

    public MemberTable Members { get; } = new();

    /// <summary>The last index that was applied. Invariant: only grows.</summary>
    public long Index { get; private set; }

    /// <summary>The term of the entry at <see cref="Index"/>.</summary>
    public long Term { get; private set; }

    /// <summary>The last term whose no-op was applied.</summary>
    public long NoopTerm { get; private set; }

    /// <summary>The configuration as of <see cref="Index"/>.</summary>
    public Configuration Configuration { get; private set; } = Configuration.Empty;

    /// <summary>The group's level as of <see cref="Index"/>. Invariant: only grows, and is never above what this node understands.</summary>
    public int Level { get; private set; }

    /// <summary>The level as snapshots hold it: 0 where it is the one that the group began with, and is left out.</summary>
    public int LevelToKeep => Level == host.Options.FirstLevel ? 0 : Level;

    /// <summary>Whether nothing but first entries of terms and configurations was ever applied.</summary>
    public bool IsBare { get; private set; } = true;

    /// <summary>Bytes of payloads that were applied since the last snapshot.</summary>
    public long BytesSinceSnapshot { get; set; }

    /// <summary>Set while the state is being replaced: nothing is applied.</summary>
    public bool IsPaused { get; set; }

    /// <summary>Raised for each member's entry.</summary>
    public event Action<GroupMember>? MemberSet;

    /// <summary>Raised for each configuration that is applied.</summary>
    public event Action<Configuration>? ConfigurationApplied;

    /// <summary>Begins behind a snapshot, or with an empty state behind index 0.</summary>
    public void BeginAt(long index, long term, Configuration configuration)
    {
        (Index, Term, Configuration) = (index, term, configuration);
        BytesSinceSnapshot = 0;
    }

    /// <summary>Takes the level of a snapshot. Asked before anything of it is read, for a newer one may mean anything.</summary>
    /// <param name="kept">The level as the snapshot holds it; 0 where it holds none.</param>
    /// <exception cref="ReleaseTooOldException">This node does not understand it.</exception>
    public int Understood(int kept)
    {
        var level = kept == 0 ? host.Options.FirstLevel : kept;
        if (level <= host.Options.LevelMax)
            return level;
        host.Machine.Telemetry.Sometimes("upgrade: a node is too old for its group");
        throw ReleaseTooOldException.OfLevel(level, host.Options.LevelMax);
    }

    /// <summary>
    /// Refuses a log in which the group is raised beyond what this node understands, committed or not, before the node takes part: else it would
    /// stop soon after it began.
    /// </summary>
    /// <exception cref="ReleaseTooOldException">This node does not understand a level of the log.</exception>
    public void CheckLevels(IReadOnlyList<Entry> entries)
    {
        foreach (var entry in entries)
        {
            if (entry.Kind == EntryKind.Command && PayloadCodec.KindOf(entry.Payload.Span) == PayloadKind.Level)
                Understood(PayloadCodec.ReadLevel(entry.Payload.Span));
        }
    }

    /// <summary>Takes a level that is understood, where it is not lower than the one that there is.</summary>
    public void SetLevel(int level)
    {
        if (level <= Level)
            return;
        Level = level;
        machine.LevelChanged(level);
    }

    /// <summary>Applies a slice of what is committed.</summary>
    /// <returns>Whether more is left.</returns>
    public bool Run(RaftCore core)
    {
        if (IsPaused || Index >= core.CommitIndex)
            return false;
        var begun = host.Clock.Now;
        var end = Math.Min(core.CommitIndex, Index + SliceEntries);
        while (Index < end)
        {
            Apply(core.EntryAt(Index + 1));
            if (Index % LookAtClockEvery == 0 && host.Clock.Now - begun > SliceTime)
                break;
        }

        return Index < core.CommitIndex;
    }

    /// <summary>Writes what the host itself keeps of the state.</summary>
    public void Write(ByteWriter writer)
    {
        Members.Write(writer);
        Sessions.Write(writer);
        writer.WriteVarUInt((ulong)NoopTerm);
    }

    /// <summary>Replaces what the host itself keeps of the state.</summary>
    /// <exception cref="MalformedInputException">The bytes are not what <see cref="Write"/> wrote.</exception>
    public void Read(ref ByteReader reader)
    {
        Members.Read(ref reader);
        Sessions.Read(ref reader);
        NoopTerm = (long)(reader.ReadVarUInt() & long.MaxValue);
        reader.ExpectEnd();
        foreach (var member in Members.All.ToArray())
            MemberSet?.Invoke(member);
    }

    /// <summary>Reads the configuration of an entry that holds one.</summary>
    public static Configuration ReadConfiguration(in Entry entry)
    {
        var reader = new ByteReader(entry.Payload.Span);
        return Configuration.Read(ref reader);
    }

    /// <summary>Applies the next entry, which is committed or taken for it.</summary>
    public void Apply(in Entry entry)
    {
        switch (entry.Kind)
        {
            case EntryKind.Noop:
                NoopTerm = entry.Term;
                break;
            case EntryKind.Configuration:
                ApplyConfiguration(entry);
                break;
            default:
                ApplyPayload(entry);
                break;
        }

        Index = entry.Index;
        Term = entry.Term;
        BytesSinceSnapshot += entry.Payload.Length;
    }

    private void ApplyConfiguration(in Entry entry)
    {
        Configuration = ReadConfiguration(entry);
        if (!Configuration.IsJoint)
            ConfigurationApplied?.Invoke(Configuration);
    }

    private void ApplyPayload(in Entry entry)
    {
        IsBare = false;
        var kind = PayloadCodec.KindOf(entry.Payload.Span);
        switch (kind)
        {
            case PayloadKind.Command or PayloadKind.Member:
                ApplyCommand(entry, kind);
                break;
            case PayloadKind.Register:
                var session = PayloadCodec.ReadRegister(entry.Payload.Span);
                Sessions.Register(session);
                proposals.Registered(session);
                break;
            case PayloadKind.Level:
                ApplyLevel(PayloadCodec.ReadLevel(entry.Payload.Span));
                break;
            default:
                throw ReleaseTooOldException.OfKind("an entry", (byte)kind);
        }
    }

    private void ApplyLevel(int level)
    {
        var before = Level;
        SetLevel(Understood(level));
        if (Level > before)
            host.Machine.Telemetry.Record(Severity.Information, "upgrade", $"The level is raised from {before} to {Level}.");
    }

    private void ApplyCommand(in Entry entry, PayloadKind kind)
    {
        var command = PayloadCodec.ReadCommand(entry.Payload);
        var verdict = Sessions.Admit(command, out var kept, out var reply);
        if (verdict == SessionVerdict.Fresh)
        {
            reply = kind == PayloadKind.Member ? ApplyMember(command.Command) : machine.Apply(entry.Index, command.Command);
            kept!.Replies.Set(command.Sequence, reply);
        }

        if (command.Session != proposals.SessionId)
            return;
        if (verdict == SessionVerdict.UnknownSession)
            proposals.SessionLost();
        else if (reply is not null)
            proposals.Applied(command.Sequence, reply);
    }

    private byte[] ApplyMember(ReadOnlyMemory<byte> record)
    {
        // What is in the log must never stop a replica: a record that is out of bounds changes nothing, on any of them.
        if (MemberTable.TryReadMember(record.Span) is { } member && Members.Set(member))
            MemberSet?.Invoke(member);
        return [];
    }
}
