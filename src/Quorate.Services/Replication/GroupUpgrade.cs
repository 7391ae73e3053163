using Quorate.Kernel.Encoding;
using Quorate.Kernel.Identity;
using Quorate.Kernel.Machines;
using Quorate.Protocols.Raft;
using Quorate.Services.Replication.Levels;
using Quorate.Services.Replication.Sessions;
using Quorate.Services.Replication.Timing;

namespace Quorate.Services.Replication;

/// <summary>Raises a group's level, where this replica leads, once every member says that it understands a newer one.</summary>
/// <remarks>
/// That all were asked spares an outage and is no part of the safety: the raise is an entry of the log, behind which everything newer comes, and a
/// replica that does not understand it stops there.
/// </remarks>
internal sealed class GroupUpgrade(HostContext host, ulong group, Applier applier, LeaderWork work, RaftDriver driver) : IDisposable
{
    private const string Component = "upgrade";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private StrandTimer? nextLook;
    private string lastTold = "";
    private bool looking;
    private bool stopped;

    // The first entry of a term is applied: all that other leaders wrote is, too.
    private bool Leads => !stopped && driver.Core.Role == RaftRole.Leader && applier.NoopTerm == driver.Core.Term;

    /// <summary>
    /// Whether this leader's own first entry is the whole log: there is nothing yet that an older release could have a part in, and one that is
    /// started with this cluster all the same stops at the raise.
    /// </summary>
    private bool IsNew => applier.IsBare && driver.Core.FirstIndex == 1 && driver.Core.TermAt(1) == driver.Core.Term;

    /// <summary>Looks whether the level may be raised. Called at the end of a turn; costs two comparisons where there is nothing to raise.</summary>
    public void Look()
    {
        if (applier.Level >= host.Options.LevelMax || looking || nextLook is { IsSet: true } || !Leads)
            return;
        looking = true;
        _ = TryAsync();
    }

    public void Dispose()
    {
        stopped = true;
        nextLook?.Dispose();
    }

    /// <summary>What a replica says that is asked for the highest level that it understands.</summary>
    public static byte[] Answer(int level)
    {
        var writer = new ByteWriter(4);
        writer.WriteVarUInt((ulong)level);
        return writer.ToArray();
    }

    private async Task TryAsync()
    {
        try
        {
            var asked = driver.Core.Configuration;
            var level = IsNew ? host.Options.LevelMax : await AskAllAsync(asked);
            // Who became a member meanwhile was not asked.
            if (level > applier.Level && Leads && ReferenceEquals(asked, driver.Core.Configuration) && !host.Journal.IsFull)
            {
                host.Machine.Telemetry.Sometimes("upgrade: a leader raises the level");
                await work.ProposeAsync(PayloadCodec.Level(level), CancellationToken.None);
            }
        }
        catch (ReplicationException e)
        {
            host.Machine.Telemetry.Record(Severity.Debug, Component, $"Group {group}: the level was not raised: {e.Message}");
        }

        looking = false;
        if (stopped)
            return;
        nextLook ??= new StrandTimer(host.Clock, host.Strand, host.Turn);
        nextLook.Set(Pause);
    }

    /// <summary>The highest level that every member understands. One that does not answer understands the first alone, as far as is known.</summary>
    private async ValueTask<int> AskAllAsync(Configuration members)
    {
        var answers = await Task.WhenAll(members.Members.Where(member => member != host.Self).Select(AskAsync));
        var behind = answers.Where(answer => answer.Level < host.Options.LevelMax).Select(answer => $"{NameOf(answer.Member)} ({answer.What})");
        Tell(string.Join(", ", behind));
        return answers.Select(answer => answer.Level).Append(host.Options.LevelMax).Min();
    }

    private string NameOf(NodeId member) => applier.Members.Find(member) is { Name.Length: > 0 } known ? known.Name : member.ToString();

    private async Task<(NodeId Member, int Level, string What)> AskAsync(NodeId member)
    {
        if (!host.Transport.IsUp(member))
            return (member, FeatureLevel.First, "not reached");
        try
        {
            var answer = await work.CallAsync(member, HostService.Level, ReadOnlyMemory<byte>.Empty, CancellationToken.None);
            var level = (int)Math.Min(new ByteReader(answer.Span).ReadVarUInt(), int.MaxValue);
            return (member, level, $"level {level}");
        }
        catch (Exception e) when (e is ReplicationException or MalformedInputException)
        {
            // Also how a release answers that has never heard of the question.
            return (member, FeatureLevel.First, e.Message);
        }
    }

    /// <summary>Says who holds the cluster up, whenever that is somebody else than before.</summary>
    private void Tell(string behind)
    {
        if (behind == lastTold)
            return;
        lastTold = behind;
        if (behind.Length == 0)
            return;
        host.Machine.Telemetry.Sometimes("upgrade: a member holds the level up");
        host.Machine.Telemetry.Record(
            Severity.Information,
            Component,
            $"Group {group} stays at level {applier.Level}: not all members are known to understand level {host.Options.LevelMax}: {behind}.");
    }
}
