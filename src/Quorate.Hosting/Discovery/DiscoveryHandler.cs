using System.Net;
using Quorate.Services.Discovery;

namespace Quorate.Hosting.Discovery;

/// <summary>Sends requests that name a service to one of its instances.</summary>
/// <param name="resolver">Who knows where services are.</param>
/// <param name="board">What other requests have met with.</param>
/// <param name="options">The settings.</param>
internal sealed class DiscoveryHandler(IServiceResolver resolver, EndpointBoard board, DiscoveryHttpOptions options) : DelegatingHandler
{
    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is not { IsAbsoluteUri: true } uri || ServiceOf(uri.Host) is not { } service)
            return await base.SendAsync(request, cancellationToken);
        var host = request.Headers.Host;
        if (options.KeepHost)
            request.Headers.Host ??= uri.Authority;
        try
        {
            return await SendToServiceAsync(request, uri, service, cancellationToken);
        }
        finally
        {
            // The caller's message is as it was, so that handlers outside, such as those that try again, see the service.
            (request.RequestUri, request.Headers.Host) = (uri, host);
        }
    }

    private async Task<HttpResponseMessage> SendToServiceAsync(
        HttpRequestMessage request, Uri uri, string service, CancellationToken cancellationToken)
    {
        var tried = new HashSet<IPEndPoint>();
        while (true)
        {
            var endpoints = await EndpointsAsync(service, cancellationToken);
            if (board.Take(service, endpoints, tried) is not { } place)
                throw new HttpRequestException(
                    HttpRequestError.ConnectionError,
                    tried.Count == 0
                        ? $"No healthy instance of service '{service}' is registered."
                        : $"None of the {tried.Count} instances of service '{service}' takes connections: {string.Join(", ", tried)}.");
            try
            {
                request.RequestUri = new UriBuilder(uri) { Host = place.Address.ToString(), Port = place.Port }.Uri;
                var response = await base.SendAsync(request, cancellationToken);
                board.Answered(place);
                return response;
            }
            catch (HttpRequestException e) when (IsUnsent(e))
            {
                board.Failed(place, endpoints);
                if (tried.Count >= options.RetriesMax)
                    throw;
                tried.Add(place);
            }
            finally
            {
                board.Return(place);
            }
        }
    }

    private async ValueTask<IReadOnlyList<ServiceEndpoint>> EndpointsAsync(string service, CancellationToken cancellationToken)
    {
        try
        {
            return (await resolver.ResolveAsync(service, cancellationToken)).Endpoints;
        }
        catch (DiscoveryException e)
        {
            throw new HttpRequestException(HttpRequestError.NameResolutionError, e.Message, e);
        }
    }

    // The connection was never made, so that no byte of the request can have reached anybody.
    private static bool IsUnsent(HttpRequestException e) => e.HttpRequestError == HttpRequestError.ConnectionError;

    private string? ServiceOf(string host)
    {
        if (!host.Contains('.') && !host.Contains(':') && !string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase))
            return host;
        var name = host.TrimEnd('.');
        var rest = name.Length - options.Zone.Length - 1;
        return rest > 0 && name.EndsWith($".{options.Zone}", StringComparison.OrdinalIgnoreCase) && !name[..rest].Contains('.') ? name[..rest] : null;
    }
}
