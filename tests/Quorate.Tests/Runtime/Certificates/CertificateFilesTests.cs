using System.Security.Cryptography.X509Certificates;
using Quorate.Kernel.Machines;
using Quorate.Runtime.Certificates;
using Quorate.Runtime.Machines;
using Quorate.Runtime.Network;
using Quorate.Tests.Services.Coordination;

namespace Quorate.Tests.Runtime.Certificates;

/// <summary>Files that are replaced while somebody uses them.</summary>
public sealed class CertificateFilesTests : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private readonly TestAuthority authority = new();
    private readonly string folder = Directory.CreateTempSubdirectory("quorate-certificates-").FullName;
    private readonly List<(Severity Severity, string Text)> told = [];
    private readonly ManualClock clock = new() { Start = DateTimeOffset.UtcNow };

    private string Own => Path.Combine(folder, "own.pem");

    private string Key => Path.Combine(folder, "own.key");

    private string Ca => Path.Combine(folder, "ca.pem");

    public void Dispose()
    {
        authority.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void What_the_files_hold_is_taken_up_a_second_later_and_told()
    {
        Put(authority.Issue("before", days: 30));
        var files = Files();
        var before = files.Current;
        Put(authority.Issue("after", days: 30));
        Assert.Same(before, files.Current);
        Pass(Look);
        Assert.Equal("after", Name(files.Current));
        Assert.True(files.Current.Own.HasPrivateKey);
        Assert.Equal([Severity.Information], told.Select(t => t.Severity));
        Pass(Look);
        Assert.Equal("after", Name(files.Current));
        Assert.Single(told);
    }

    [Fact]
    public void Authorities_that_change_alone_are_taken_up()
    {
        using var other = new TestAuthority();
        Put(authority.Issue("node", days: 30));
        var files = Files();
        using var theirs = other.Issue("peer");
        Assert.False(files.Current.Trusts(theirs, null));
        File.AppendAllText(Ca, "\n" + other.Authorities[0].ExportCertificatePem());
        Pass(Look);
        Assert.True(files.Current.Trusts(theirs, null));
        Assert.Equal(2, files.Current.Authorities!.Count);
    }

    [Fact]
    public void A_pair_that_is_half_replaced_leaves_the_old_and_is_told_only_when_it_stays_so()
    {
        Put(authority.Issue("before", days: 30));
        var files = Files();
        using var next = authority.Issue("after", days: 30);
        File.WriteAllText(Own, next.ExportCertificatePem());
        Pass(Look);
        Assert.Equal("before", Name(files.Current));
        Assert.Empty(told);
        Pass(Look);
        Assert.Equal("before", Name(files.Current));
        var (severity, text) = Assert.Single(told);
        Assert.Equal(Severity.Warning, severity);
        Assert.Contains("cannot read the certificate", text);
        Assert.Contains("stay in use", text);
        Pass(Look);
        Assert.Equal("before", Name(files.Current));
        Assert.Single(told);

        File.WriteAllText(Key, next.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        Pass(Look);
        Assert.Equal("after", Name(files.Current));
        Assert.DoesNotContain(told, t => t.Text.Contains("PRIVATE"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no certificate")]
    [InlineData(null)]
    public void Files_that_are_gone_or_hold_nothing_leave_the_old(string? content)
    {
        Put(authority.Issue("before", days: 30));
        var files = Files();
        foreach (var path in (string[])[Own, Key, Ca])
        {
            var whole = File.ReadAllText(path);
            if (content is null)
                File.Delete(path);
            else
                File.WriteAllText(path, content);
            Pass(Look);
            Assert.Equal("before", Name(files.Current));
            File.WriteAllText(path, whole);
        }
    }

    [Fact]
    public async Task What_follows_the_certificate_in_its_file_is_sent_along()
    {
        using var between = new TestAuthority(authority);
        Put(between.Issue("server"));
        File.AppendAllText(Own, "\n" + between.Authorities[0].ExportCertificatePem());
        await using var server = Machine(Files());
        await using var client = Machine(new GivenCertificates(authority.Issue("client"), authority.Authorities));
        await using var listener = await server.Network.ListenAsync(new NetworkAddress("127.0.0.1", 0));
        await using var connection = await client.Network.ConnectAsync(listener.Local);
        Assert.Equal("server", connection.PeerIdentity);
    }

    [Fact]
    public void A_file_that_is_no_certificate_file_by_its_size_is_not_read()
    {
        Put(authority.Issue("before", days: 30));
        var files = Files();
        using (var file = File.OpenWrite(Own))
            file.SetLength(CertificatePaths.FileBytesMax + 1);
        Pass(Look);
        Assert.Equal("before", Name(files.Current));
    }

    [Fact]
    public void A_certificate_that_is_not_valid_now_does_not_replace_one_that_is()
    {
        Put(authority.Issue("before", days: 30));
        var files = Files();
        Put(authority.Issue("late", expired: true));
        Pass(Look);
        _ = files.Current;
        Pass(Look);
        Assert.Equal("before", Name(files.Current));
        Assert.Contains("which is not now", Assert.Single(told).Text);
    }

    [Fact]
    public void What_expires_within_a_week_is_told_once()
    {
        Put(authority.Issue("node", days: 30));
        var files = Files();
        Pass(TimeSpan.FromDays(22));
        _ = files.Current;
        Assert.Empty(told);
        Pass(TimeSpan.FromDays(2));
        _ = files.Current;
        Pass(Look);
        _ = files.Current;
        var (severity, text) = Assert.Single(told);
        Assert.Equal(Severity.Warning, severity);
        Assert.Contains("expires at", text);
    }

    [Fact]
    public void Files_that_do_not_belong_together_are_refused_at_the_start()
    {
        Put(authority.Issue("node"));
        using var other = authority.Issue("other");
        File.WriteAllText(Key, other.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        Assert.Throws<IOException>(Files);
        File.Delete(Key);
        Assert.ThrowsAny<IOException>(Files);
    }

    private static RealMachine Machine(ICertificateSource certificates) =>
        new(new RealMachineOptions { Name = "m", Tls = new TlsOptions { Certificates = certificates } });

    private void Pass(TimeSpan time) => clock.GoTo(clock.Elapsed + time);

    private CertificateFiles Files() => new(
        new CertificatePaths(Own, Key, Ca), clock, (severity, text) => told.Add((severity, text)));

    private void Put(X509Certificate2 certificate)
    {
        using (certificate)
        {
            File.WriteAllText(Own, certificate.ExportCertificatePem());
            File.WriteAllText(Key, certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
            File.WriteAllText(Ca, authority.Authorities[0].ExportCertificatePem());
        }
    }

    private static string Name(CertificateSet set) => set.Own.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
}
