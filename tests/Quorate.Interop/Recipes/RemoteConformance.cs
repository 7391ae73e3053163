using Quorate.Interop.Etcd;
using Shared.Recipes;

namespace Quorate.Interop.Recipes;

/// <summary>The same tests that the embedded node passes, on a cluster of other processes.</summary>
[Trait("Speed", "Slow")]
public sealed class RemoteLocks_conform(QuorateServers servers) : LockConformance, IClassFixture<QuorateServers>
{
    protected override IRecipeWorld NewWorld() => new RemoteRecipeWorld(servers.Endpoints);
}

/// <summary>The same tests that the embedded node passes, on etcd.</summary>
[Trait("Speed", "Slow")]
public sealed class EtcdLocks_conform(EtcdServer server) : LockConformance, IClassFixture<EtcdServer>
{
    protected override IRecipeWorld NewWorld()
    {
        Assert.SkipUnless(EtcdServer.IsInstalled, EtcdServer.Missing);
        return new RemoteRecipeWorld([server.Address]);
    }
}

/// <summary>The same tests that the embedded node passes, on a cluster of other processes.</summary>
[Trait("Speed", "Slow")]
public sealed class RemoteQueues_conform(QuorateServers servers) : QueueConformance, IClassFixture<QuorateServers>
{
    protected override IRecipeWorld NewWorld() => new RemoteRecipeWorld(servers.Endpoints);
}

/// <summary>The same tests that the embedded node passes, on etcd.</summary>
[Trait("Speed", "Slow")]
public sealed class EtcdQueues_conform(EtcdServer server) : QueueConformance, IClassFixture<EtcdServer>
{
    protected override IRecipeWorld NewWorld()
    {
        Assert.SkipUnless(EtcdServer.IsInstalled, EtcdServer.Missing);
        return new RemoteRecipeWorld([server.Address]);
    }
}

/// <summary>The same tests that the embedded node passes, on a cluster of other processes.</summary>
[Trait("Speed", "Slow")]
public sealed class RemoteGroups_conform(QuorateServers servers) : GroupConformance, IClassFixture<QuorateServers>
{
    protected override IRecipeWorld NewWorld() => new RemoteRecipeWorld(servers.Endpoints);
}

/// <summary>The same tests that the embedded node passes, on etcd.</summary>
[Trait("Speed", "Slow")]
public sealed class EtcdGroups_conform(EtcdServer server) : GroupConformance, IClassFixture<EtcdServer>
{
    protected override IRecipeWorld NewWorld()
    {
        Assert.SkipUnless(EtcdServer.IsInstalled, EtcdServer.Missing);
        return new RemoteRecipeWorld([server.Address]);
    }
}
