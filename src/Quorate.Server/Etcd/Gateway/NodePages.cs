using System.Globalization;
using Microsoft.AspNetCore.Http;
using Quorate.Server.Etcd.Metrics;
using Quorate.Services.Coordination;

namespace Quorate.Server.Etcd.Gateway;

/// <summary>What those who watch over a node read: its health, its version, its figures.</summary>
/// <param name="coordination">The service.</param>
/// <param name="maintenance">Its maintenance.</param>
/// <param name="metrics">The figures.</param>
/// <remarks>Source: etcd 3.4, etcdserver/api/etcdhttp/metrics.go and base.go.</remarks>
internal sealed class NodePages(ICoordination coordination, IMaintenance maintenance, EtcdMetrics metrics)
{
    private static readonly TimeSpan HealthLimit = TimeSpan.FromSeconds(1);

    /// <summary>The pages by path.</summary>
    public IReadOnlyDictionary<string, Func<HttpRequest, CancellationToken, ValueTask>> ByPath() =>
        new Dictionary<string, Func<HttpRequest, CancellationToken, ValueTask>>(StringComparer.Ordinal)
        {
            ["/health"] = HealthAsync,
            ["/version"] = VersionAsync,
            ["/metrics"] = async (request, c) =>
                await request.AnswerAsync(StatusCodes.Status200OK, PrometheusText.ContentType, await metrics.TextAsync(c)),
        };

    private async ValueTask HealthAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var isHealthy = await IsHealthyAsync(Excluded(request.Query), cancellationToken);
        var status = isHealthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        await request.AnswerAsync(status, "text/plain; charset=utf-8", isHealthy ? "{\"health\":\"true\"}" : "{\"health\":\"false\"}");
    }

    // Healthy is who could answer now: no alarm, a leader, and a linearizable read within a second.
    private async ValueTask<bool> IsHealthyAsync(HashSet<string> excluded, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(HealthLimit);
        try
        {
            var alarms = await maintenance.AlarmsAsync(AlarmKind.None, limit.Token);
            if (alarms.Alarms.Any(alarm => !excluded.Contains(alarm.Kind.ToString())))
                return false;
            await coordination.MemberListAsync(linearizable: true, limit.Token);
            return true;
        }
        catch (Exception e) when (e is CoordinationException or OperationCanceledException)
        {
            return false;
        }
    }

    // ?exclude=NOSPACE&exclude=CORRUPT: alarms that do not count.
    private static HashSet<string> Excluded(string query) => query.TrimStart('?').Split('&')
        .Where(part => part.StartsWith("exclude=", StringComparison.Ordinal))
        .Select(part => part["exclude=".Length..]).ToHashSet(StringComparer.OrdinalIgnoreCase);

    private async ValueTask VersionAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var version = (await coordination.StatusAsync(cancellationToken)).Version;
        var parts = version.Split('.');
        var text = string.Create(
            CultureInfo.InvariantCulture, $$"""{"etcdserver":"{{version}}","etcdcluster":"{{parts[0]}}.{{parts[1]}}.0"}""");
        await request.AnswerAsync(StatusCodes.Status200OK, "application/json", text);
    }
}
