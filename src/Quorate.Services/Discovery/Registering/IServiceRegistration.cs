namespace Quorate.Services.Discovery.Registering;

/// <summary>An instance that is registered; disposing it takes it out.</summary>
public interface IServiceRegistration : IAsyncDisposable
{
    /// <summary>The instance as it is told now, with its health.</summary>
    ServiceEndpoint Endpoint { get; }

    /// <summary>Takes the instance out, or lets it be told again where its checks pass: for maintenance, and before stopping.</summary>
    /// <param name="isOut">Whether it is out.</param>
    /// <param name="cancellationToken">Gives up waiting until it is written.</param>
    ValueTask SetOutAsync(bool isOut, CancellationToken cancellationToken = default);
}
