namespace Quorate.Services.Recipes;

/// <summary>Who is there: the living instances of services, or members of groups.</summary>
/// <remarks>
/// Guarantee: an instance is listed from when its registering returned until it is disposed, or dead for its session's time; a registration
/// whose session was lost while its process lived registers itself anew.
/// Cost: one key an instance; a watch tells each change to each watcher.
/// Fails when: the store cannot be reached: lists are then refused, and registrations wait.
/// Source: ZooKeeper's recipe "Group Membership".
/// </remarks>
public interface IServiceRegistry
{
    /// <summary>Registers an instance.</summary>
    /// <param name="service">1 to 512 bytes.</param>
    /// <param name="instance">
    /// Its name among the instances: 1 to 512 bytes. A later registration of the same name takes the place of an earlier one.
    /// </param>
    /// <param name="value">What others need to know of it, such as its address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IRegistration> RegisterAsync(
        string service, string instance, ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default);

    /// <summary>The living instances, in the order of their names. Linearizable.</summary>
    /// <param name="service">The service.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<ServiceInstance>> ListAsync(string service, CancellationToken cancellationToken = default);

    /// <summary>Tells the living instances, now and whenever they change. Fast changes may be told as one.</summary>
    /// <param name="service">The service.</param>
    /// <param name="cancellationToken">Ends it.</param>
    IAsyncEnumerable<IReadOnlyList<ServiceInstance>> ObserveAsync(string service, CancellationToken cancellationToken = default);
}

/// <summary>A registration; disposing it takes the instance out.</summary>
public interface IRegistration : IAsyncDisposable
{
    /// <summary>The instance's name.</summary>
    string Instance { get; }

    /// <summary>Changes what others are told of the instance.</summary>
    /// <param name="value">The new value.</param>
    /// <param name="cancellationToken">Gives up; it may be changed or not.</param>
    ValueTask UpdateAsync(ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default);

    /// <summary>
    /// Looks whether the registration is there, and makes it anew where it is not: deleted by hand, or gone with the session of an earlier process of
    /// the same name, whose last write came late. One that a later registration of the name has taken the place of stays as it is.
    /// </summary>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask ConfirmAsync(CancellationToken cancellationToken = default);
}

/// <summary>A living instance.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">What others need to know of it.</param>
/// <param name="Token">The revision of its registration: greater for a later one.</param>
public sealed record ServiceInstance(string Name, ReadOnlyMemory<byte> Value, long Token);
