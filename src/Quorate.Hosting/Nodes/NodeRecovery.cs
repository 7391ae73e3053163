using Quorate.Kernel.Machines;
using Quorate.Kernel.Strands;
using Quorate.Runtime.Machines;
using Quorate.Services.Coordination.Store;
using Quorate.Services.Replication;
using Quorate.Services.Replication.Levels;
using Quorate.Storage.Folders;

namespace Quorate.Hosting.Nodes;

/// <summary>Makes a cluster of one from the folder of one surviving node, when a majority of its cluster is lost for good.</summary>
/// <remarks>
/// Guarantee: the new node has every key, lease and revision that the survivor had, under another cluster identity, so that no node of the old
/// cluster can join it. The survivor's folder stays as it is. Cost: the folder is read once and its state written once.
/// Fails when: the survivor's files are damaged, the new folder is not empty, or the disk fails. What only the lost nodes had is lost.
/// </remarks>
public static class NodeRecovery
{
    /// <summary>Reads the survivor, and writes nothing.</summary>
    /// <param name="survivor">The folder of the surviving node, which does not run.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">It is no node's folder, or is damaged.</exception>
    public static Task<RecoveredNode> InspectAsync(string survivor, CancellationToken cancellationToken = default) =>
        ReadAsync(survivor, null, cancellationToken);

    /// <summary>Makes the new node's folder.</summary>
    /// <param name="survivor">The folder of the surviving node, which does not run.</param>
    /// <param name="options">The new node, the only member of its cluster.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">The options break <see cref="NodeOptionsRules"/>, or name more than one member.</exception>
    /// <exception cref="IOException">See <see cref="InspectAsync"/>; or the new folder is not empty, or the cluster would be the old one.</exception>
    public static Task<RecoveredNode> RunAsync(string survivor, NodeOptions options, CancellationToken cancellationToken = default)
    {
        if (NodeOptionsRules.Violations(options) is [var violation, ..])
            throw new ArgumentException(violation, nameof(options));
        if (options.Members.Count != 1)
            throw new ArgumentException("A recovered cluster begins with one member.", nameof(options));
        if (Directory.Exists(options.DataFolder) && Directory.EnumerateFileSystemEntries(options.DataFolder).Any())
            throw new IOException($"{options.DataFolder} is not empty: a recovered cluster begins in a folder of its own");
        return ReadAsync(survivor, options, cancellationToken);
    }

    private static async Task<RecoveredNode> ReadAsync(string survivor, NodeOptions? options, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(survivor, DataFolder.FileName)) && !File.Exists(Path.Combine(survivor, DataFolder.CopyName)))
            throw new IOException($"{survivor} is no folder of a node: it has no {DataFolder.FileName}");
        Exception? failure = null;
        await using var old = Machine("survivor", survivor, e => failure ??= e);
        var strand = old.CreateStrand("recovery");
        var read = await strand.InvokeAsync(() => ReadAsync(old, strand, options, cancellationToken));
        return failure is null ? read : throw new IOException($"The recovery failed: {failure.Message}", failure);
    }

    private static async Task<RecoveredNode> ReadAsync(
        RealMachine old, Strand strand, NodeOptions? options, CancellationToken cancellationToken)
    {
        var identity = await DataFolder.ReadAsync(old.Disk, cancellationToken) ?? throw new IOException("the folder belongs to no node");
        // Values stay in memory, as the survivor's folder is not to be changed.
        await using var store = new CoordinationStore();
        var settings = new ReplicaHostOptions
        {
            NodeName = identity.NodeName,
            ClusterId = identity.ClusterId,
            PeerListen = new NetworkAddress("127.0.0.1", 1),
            FirstLevel = FeatureLevel.First,
            Members = [new PeerMember(identity.NodeName, new NetworkAddress("127.0.0.1", 1)) { Id = identity.Node }],
        };
        var replica = await ReplicaSalvage.ReadAsync(old, strand, settings, NodeWiring.SystemGroup, store, cancellationToken);
        if (options is not null)
            await WriteAsync(identity, options, store, replica.Level, cancellationToken);
        return new RecoveredNode(
            identity.NodeName, replica.Members.Count(member => !member.IsLearner), replica.LastIndex, replica.Term, store.Revision);
    }

    private static async Task WriteAsync(
        DataFolderIdentity old, NodeOptions options, CoordinationStore store, int level, CancellationToken cancellationToken)
    {
        var place = ClusterPlace.First(options);
        if (place.Identity.ClusterId == old.ClusterId)
            throw new IOException(
                "The new cluster would have the old one's identity, and its lost nodes could come back into it: give it another name.");
        Exception? failure = null;
        await using var machine = Machine(options.Name, options.DataFolder, e => failure ??= e);
        await DataFolder.ClaimAsync(machine.Disk, place.Identity, cancellationToken);
        await ReplicaSeed.WriteAsync(machine, NodeWiring.Host(options, place), NodeWiring.SystemGroup, store, level, cancellationToken);
        if (failure is not null)
            throw new IOException($"The recovery failed: {failure.Message}", failure);
    }

    private static RealMachine Machine(string name, string folder, Action<Exception> failed) =>
        new(new RealMachineOptions { Name = name, DataFolder = folder, OnFail = failed });
}
