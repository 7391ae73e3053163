using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Quorate.Hosting;

namespace Quorate.Tests.Hosting;

/// <summary>The section of the configuration that names the application's store.</summary>
public sealed class QuorateSettingsTests
{
    [Theory]
    [InlineData("Quorate:Provider must be 'embedded' or 'remote', not ''.", "Name=n1")]
    [InlineData("Quorate:Provider must be 'embedded' or 'remote', not 'zookeeper'.", "Provider=zookeeper")]
    [InlineData("Quorate:Data is no setting of the provider 'remote'.", "Provider=remote", "Data=x")]
    [InlineData("Quorate:Endpoints is no setting of the provider 'embedded'.", "Provider=embedded", "Endpoints:0=127.0.0.1:2379")]
    [InlineData("Endpoint", "Provider=remote", "Endpoint=127.0.0.1:2379")]
    public void A_section_that_cannot_be_is_refused_at_once(string message, params string[] settings)
    {
        var builder = Builder(settings);
        Assert.Contains(message, Assert.Throws<InvalidOperationException>(() => builder.AddQuorate()).Message);
    }

    [Theory]
    [InlineData("There must be 1 to 64 endpoints, not 0.", "Provider=remote")]
    [InlineData("'somewhere' is not an endpoint", "Provider=remote", "Endpoints:0=somewhere")]
    [InlineData("A user and a password are given together", "Provider=remote", "Endpoints:0=127.0.0.1:2379", "User=app")]
    [InlineData("10.0.0.1:2379 is not a loopback address", "Provider=remote", "Endpoints:0=10.0.0.1:2379")]
    [InlineData("SessionTtl must be from 00:00:02", "Provider=remote", "Endpoints:0=127.0.0.1:2379", "SessionTtl=00:00:01")]
    [InlineData("There is no file 'ca.pem'", "Provider=remote", "Endpoints:0=127.0.0.1:2379", "Tls:AuthorityFile=ca.pem")]
    [InlineData("The node has no name", "Provider=embedded", "Listen=127.0.0.1:7000", "Data=x")]
    public async Task A_wrong_setting_is_told_when_the_host_starts(string message, params string[] settings)
    {
        var builder = Builder(settings);
        builder.AddQuorate();
        using var host = builder.Build();
        Assert.Contains(message, (await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync())).Message);
    }

    [Fact]
    public void An_application_has_one_store()
    {
        var builder = Builder("Provider=remote", "Endpoints:0=127.0.0.1:2379");
        builder.AddQuorate();
        Assert.Throws<InvalidOperationException>(() => builder.Services.AddQuorateClient(client => client.Endpoints("127.0.0.1:2379")));
        Assert.Throws<InvalidOperationException>(() => builder.Services.AddQuorate(node => node.Named("n1")));
    }

    private static HostApplicationBuilder Builder(params string[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings.Select(s => s.Split('=', 2)).ToDictionary(s => $"Quorate:{s[0]}", s => (string?)s[1]));
        builder.Services.AddLogging();
        return builder;
    }
}
