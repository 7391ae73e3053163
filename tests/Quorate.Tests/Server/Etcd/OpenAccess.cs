using Quorate.Services.Coordination;

namespace Quorate.Tests.Server.Etcd;

/// <summary>Gives everybody the same service, without users.</summary>
internal sealed class OpenAccess(ICoordination coordination) : IClientAccess
{
    private readonly InMemoryMaintenance maintenance = new();
    private readonly NoUsers users = new();

    public ClientServices For(ClientCredentials credentials) => new(coordination, maintenance, users);
}
