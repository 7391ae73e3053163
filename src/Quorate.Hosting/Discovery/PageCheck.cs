using Quorate.Services.Discovery.Registering;

namespace Quorate.Hosting.Discovery;

/// <summary>Checks that a page answers.</summary>
internal static class PageCheck
{
    // No proxy and no redirection: what is asked is the instance itself.
    private static readonly HttpClient Client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
    });

    /// <summary>A check that gets a page.</summary>
    /// <param name="page">The page.</param>
    public static HealthCheck Of(Uri page) => new("http", async cancellationToken =>
    {
        using var response = await Client.GetAsync(page, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return new CheckResult(response.IsSuccessStatusCode, $"status {(int)response.StatusCode}");
    });
}
