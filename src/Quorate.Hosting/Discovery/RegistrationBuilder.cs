using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Quorate.Kernel.Machines;
using Quorate.Services.Discovery;
using Quorate.Services.Discovery.Registering;

namespace Quorate.Hosting.Discovery;

/// <summary>Describes an instance of a service that an application offers.</summary>
public sealed class RegistrationBuilder
{
    private readonly string service;
    private readonly string clusterCheck;
    private readonly List<string> tags = [];
    private readonly SortedDictionary<string, string> metadata = new(StringComparer.Ordinal);
    private readonly List<Func<IServiceProvider, IMachine, HealthCheck>> checks = [];
    private string? instance;
    private IPEndPoint? place;
    private int priority;
    private int weight = 1;

    internal RegistrationBuilder(string service, string clusterCheck) => (this.service, this.clusterCheck) = (service, clusterCheck);

    /// <summary>Where clients reach it. Required.</summary>
    /// <param name="address">An IP address and a port, such as <c>10.0.0.1:8080</c>.</param>
    /// <exception cref="FormatException">It is none.</exception>
    public RegistrationBuilder At(string address)
    {
        place = IPEndPoint.TryParse(address, out var read) && read.Port > 0
            ? read
            : throw new FormatException($"'{address}' is not an IP address with a port, such as 10.0.0.1:8080.");
        return this;
    }

    /// <summary>Its name among the instances. Default: made of its address and port.</summary>
    /// <param name="name">1 to 63 lower-case letters, digits and hyphens.</param>
    public RegistrationBuilder Named(string name)
    {
        instance = name;
        return this;
    }

    /// <summary>What it is known by beside: <c>v1.orders</c> are the instances of <c>orders</c> with the tag <c>v1</c>.</summary>
    /// <param name="labels">At most 16.</param>
    public RegistrationBuilder Tags(params string[] labels)
    {
        tags.AddRange(labels);
        return this;
    }

    /// <summary>What else there is to say of it.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value: 254 bytes together.</param>
    public RegistrationBuilder Metadata(string name, string value)
    {
        metadata[name] = value;
        return this;
    }

    /// <summary>How much of the requests it gets beside instances of the same priority. Default 1.</summary>
    /// <param name="share">From 0 to 65535.</param>
    public RegistrationBuilder Weight(int share)
    {
        weight = share;
        return this;
    }

    /// <summary>Instances of a greater number are asked when none of a smaller one is healthy. Default 0.</summary>
    /// <param name="order">From 0 to 65535.</param>
    public RegistrationBuilder Priority(int order)
    {
        priority = order;
        return this;
    }

    /// <summary>Tells it only while a connection to its address can be made.</summary>
    public RegistrationBuilder CheckConnection()
    {
        checks.Add((_, machine) => ConnectionCheck.To(machine, new NetworkAddress(place!.Address.ToString(), place.Port)));
        return this;
    }

    /// <summary>Tells it only while a page answers with a status of 200 to 299.</summary>
    /// <param name="page">An absolute address, such as <c>http://10.0.0.1:8080/health</c>.</param>
    public RegistrationBuilder CheckHttp(string page)
    {
        var uri = new Uri(page, UriKind.Absolute);
        checks.Add((_, _) => PageCheck.Of(uri));
        return this;
    }

    /// <summary>
    /// Tells it only while the application's health checks find it healthy or degraded. The check <c>quorate</c> is left out: without the
    /// cluster nothing can be told anyway, and instances must not leave when it goes.
    /// </summary>
    public RegistrationBuilder CheckHealth()
    {
        checks.Add((services, _) => new HealthCheck("health", async cancellationToken =>
        {
            var report = await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(
                r => r.Name != clusterCheck, cancellationToken);
            var failing = report.Entries.FirstOrDefault(e => e.Value.Status == HealthStatus.Unhealthy);
            return new CheckResult(report.Status != HealthStatus.Unhealthy, $"{failing.Key}: {failing.Value.Description}");
        }));
        return this;
    }

    /// <summary>Tells it only while a check passes.</summary>
    /// <param name="check">The check.</param>
    public RegistrationBuilder Check(HealthCheck check)
    {
        checks.Add((_, _) => check);
        return this;
    }

    /// <summary>The registration that was described.</summary>
    /// <exception cref="InvalidOperationException">It has no address.</exception>
    internal HostedRegistration Build()
    {
        if (place is null)
            throw new InvalidOperationException($"Service '{service}' has no address: call At.");
        var endpoint = new ServiceEndpoint(service, instance ?? NameOf(place), place.Address, place.Port)
        {
            Tags = [.. tags],
            Metadata = [.. metadata],
            Priority = priority,
            Weight = weight,
        };
        return new HostedRegistration((provider, machine) => (endpoint, [.. checks.Select(c => c(provider, machine))]));
    }

    private static string NameOf(IPEndPoint place) =>
        $"{Convert.ToHexStringLower(place.Address.GetAddressBytes())}-{place.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)}";
}
