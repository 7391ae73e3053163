using Quorate.Client;
using Quorate.Client.Providers;

namespace Quorate.Tests.Client;

public sealed class EtcdClientOptionsTests
{
    [Theory]
    [InlineData("127.0.0.1:2379")]
    [InlineData("http://localhost:2379")]
    [InlineData("https://etcd.example.com:2379/")]
    [InlineData("http://[::1]:2379")]
    public void An_endpoint_has_a_host_and_a_port(string endpoint) => Assert.Empty(new EtcdClientOptions { Endpoints = [endpoint] }.Violations());

    [Theory]
    [InlineData("")]
    [InlineData("127.0.0.1")]
    [InlineData("http://localhost")]
    [InlineData("http://localhost:0")]
    [InlineData("http://localhost:2379/v3")]
    [InlineData("http://user@localhost:2379")]
    [InlineData("ftp://localhost:21")]
    [InlineData("localhost:70000")]
    public void What_is_no_endpoint_is_refused(string endpoint) =>
        Assert.Contains("is not an endpoint", Assert.Single(new EtcdClientOptions { Endpoints = [endpoint] }.Violations()));

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once()
    {
        var options = new EtcdClientOptions
        {
            Endpoints = ["10.0.0.1:2379", "10.0.0.1:2379"],
            User = "app",
            CallTimeout = TimeSpan.Zero,
            CallsMax = 0,
        };
        var error = Assert.Throws<ArgumentException>(() => new EtcdProvider(options)).Message;
        Assert.Contains("10.0.0.1:2379 is not a loopback address", error);
        Assert.Contains("named twice", error);
        Assert.Contains("A user and a password are given together", error);
        Assert.Contains("CallTimeout must be from 00:00:00.1000000", error);
        Assert.Contains("CallsMax must be from 1 to 65536, not 0", error);
    }

    [Fact]
    public void Plain_endpoints_and_certificates_do_not_go_together_and_files_must_be_there()
    {
        var violations = new EtcdClientOptions
        {
            Endpoints = ["http://127.0.0.1:2379"],
            Tls = new EtcdTls { AuthorityFile = "nowhere.pem", CertificateFile = "nowhere.pem" },
        }.Violations();
        Assert.Contains(violations, v => v.Contains("without TLS, for which there are settings"));
        Assert.Contains(violations, v => v.Contains("given together"));
        Assert.Contains(violations, v => v.Contains("There is no file 'nowhere.pem'"));
        Assert.Empty(new EtcdClientOptions { Endpoints = ["10.0.0.1:2379"], AllowInsecure = true }.Violations());
        Assert.NotEmpty(new EtcdClientOptions { Endpoints = [] }.Violations());
    }
}
