using System.Text;
using Quorate.Kernel.Identity;
using Quorate.Protocols.Raft;

namespace Quorate.Scenarios.Golden;

/// <summary>One server of a golden trace with its disk; its state machine is the list of the commands that it applied.</summary>
internal sealed class TraceServer(NodeId id, TraceCluster cluster, TraceDisk disk) : IRaftEffects
{
    private readonly List<(NodeId To, RaftMessage Message, long After)> held = [];
    private readonly List<string> applied = [];
    private RaftCore? core;
    private long appliedIndex;
    private long persisted;

    public bool SlowDisk { get; set; }

    public bool IsUp => core is not null;

    public RaftCore Core => core ?? throw new FormatException($"{Name} is down.");

    private string Name => TraceText.Of(id);

    public void Start()
    {
        if (IsUp)
            throw new FormatException($"{Name} runs already.");
        core = new RaftCore(id, cluster.Options, disk.Recover());
        persisted = 0;
        Restore(disk.Snapshot.Index);
        Say("starts");
        Show();
        Step(new Started(), "started");
    }

    public void Show()
    {
        foreach (var line in new TraceState(Core).Lines())
            Say($"= {line}");
    }

    public void Crash()
    {
        core = null;
        Say($"crashes{(disk.Writing.Count > 0 ? $" and loses {disk.Writing.Count} writes" : "")}");
        foreach (var (to, message, after) in held)
            Say($"never sends {TraceText.Of(to)} what waited for write {after}: {TraceText.Of(message)}");
        held.Clear();
        disk.Crash();
    }

    public void Step(RaftInput input, string shown)
    {
        Say($"< {shown}");
        var before = new TraceState(Core);
        Core.Step(input, cluster.Now, this);
        foreach (var change in new TraceState(Core).Since(before))
            Say($". {change}");
        Apply();
        while (!SlowDisk && disk.Writing.Count > 0)
            CompleteWrite();
    }

    public void CompleteWrite()
    {
        if (disk.Writing.Count == 0)
            throw new FormatException($"{Name} writes nothing.");
        var restored = disk.Complete(out persisted);
        foreach (var (to, message, _) in held.Where(h => h.After <= persisted))
            Post(to, message);
        held.RemoveAll(h => h.After <= persisted);
        Step(new Persisted(persisted), $"write {persisted} is durable");
        if (restored is null)
            return;
        Restore(restored.LastIndex);
        Step(restored, $"snapshot to {restored.LastIndex}.{restored.LastTerm} is restored: {string.Join(',', applied)}");
    }

    /// <summary>Makes a snapshot of everything that is applied, and drops the log up to there.</summary>
    public void TakeSnapshot()
    {
        var term = Core.TermAt(appliedIndex) ?? throw new FormatException($"{Name} has applied nothing since its last snapshot.");
        disk.Install(appliedIndex, term, Core.Configuration, Encoding.UTF8.GetBytes(string.Join(',', applied)));
        Step(new SnapshotTaken(appliedIndex), $"snapshot to {appliedIndex} is taken");
    }

    public void Send(NodeId to, RaftMessage message, long afterPersist)
    {
        var filled = Fill(message);
        var waits = afterPersist > persisted;
        Say($"> {TraceText.Of(to)}{(waits ? $" after write {afterPersist}" : "")}: {TraceText.Of(filled)}");
        if (waits)
            held.Add((to, filled, afterPersist));
        else
            Post(to, filled);
    }

    public void Persist(RaftPersist request)
    {
        Say($"! write {request.Sequence}: {TraceText.Of(request)}");
        disk.Writing.Enqueue(request);
    }

    public void SetTimer(RaftTimer timer, TimeSpan after) => Say($"! timer {timer} in {TraceText.Of(after)}");

    public void CancelTimer(RaftTimer timer) => Say($"! timer {timer} stops");

    public void Reply(ulong requestId, RaftReply reply) => Say($"! reply {requestId}: {TraceText.Of(reply)}");

    public int Choose(int bound) => 0;

    private RaftMessage Fill(RaftMessage message)
    {
        if (message is not SnapshotRequest request)
            return message;
        var bytes = disk.Snapshots[request.LastIndex].AsMemory();
        var data = bytes[(int)request.Offset..Math.Min(bytes.Length, (int)request.Offset + TraceCluster.ChunkBytes)];
        return request with { Data = data, Done = request.Offset + data.Length == bytes.Length };
    }

    private void Post(NodeId to, RaftMessage message)
    {
        if (!cluster.Post(id, to, message))
            Say($"> {TraceText.Of(to)}: lost");
    }

    private void Restore(long index)
    {
        applied.Clear();
        appliedIndex = index;
        if (index > 0 && disk.Snapshots[index].Length > 0)
            applied.AddRange(TraceText.Text(disk.Snapshots[index]).Split(','));
    }

    private void Apply()
    {
        if (Core.IsRestoring || appliedIndex >= Core.CommitIndex || Core.FirstIndex > appliedIndex + 1)
            return;
        var from = applied.Count;
        while (appliedIndex < Core.CommitIndex)
        {
            var entry = Core.EntryAt(++appliedIndex);
            if (entry.Kind == EntryKind.Command)
                applied.Add(TraceText.Text(entry.Payload));
        }

        if (applied.Count > from)
            Say($". applies {string.Join(' ', applied.Skip(from))}");
    }

    private void Say(string what) => cluster.Say($"{Name} {what}");
}
