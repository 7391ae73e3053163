using System.Net;
using System.Net.Sockets;
using Quorate.Interop.Processes;

namespace Quorate.Interop.Cli;

/// <summary>What can be wrong with a command line or a machine is told in one line, with an exit code and no stack trace.</summary>
public sealed class NodeErrorsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("--nodes must be 1 to 15, not 0.", "up", "--nodes", "0")]
    [InlineData("leaves no valid ports", "up", "--etcd", "65530")]
    [InlineData("election timeout", "up", "--election-timeout", "100", "--heartbeat", "90")]
    [InlineData("largest request", "up", "--request-bytes-max", "10")]
    [InlineData("quota must be 0 or more", "up", "--quota-bytes", "-1")]
    [InlineData("connections must be at least 1, not 0", "up", "--connections-max", "0")]
    [InlineData("calls must be at least 1, not -1", "up", "--calls-max", "-1")]
    [InlineData("bytes of calls must be at least 16777216, not 1", "up", "--call-bytes-max", "1")]
    [InlineData("watches must be 1 to 100000000, not 0", "up", "--watches-max", "0")]
    [InlineData("leases must be 1 to 100000000, not 0", "up", "--leases-max", "0")]
    [InlineData("must be periodic or revision, not 'always'", "up", "--auto-compaction-mode", "always")]
    [InlineData("such as 30m or 1h30m, not '1 day'", "up", "--auto-compaction-retention", "1 day")]
    [InlineData("such as 30m or 1h30m, not '9999999999999h'", "up", "--auto-compaction-retention", "9999999999999h")]
    [InlineData("at least 1 second", "up", "--auto-compaction-retention", "1ms")]
    [InlineData("number of revisions in this mode, not '1h'", "up", "--auto-compaction-mode", "revision", "--auto-compaction-retention", "1h")]
    public Task A_flag_that_cannot_be_is_refused(string message, params string[] arguments) => RefusedAsync(3, message, arguments);

    [Theory]
    [InlineData("'nx' is not one of the cluster's members", "--name", "nx")]
    [InlineData("is not an address", "--peer-listen", "somewhere")]
    [InlineData("must be NAME=HOST:PORT", "--cluster", "127.0.0.1:7000")]
    [InlineData("Two members are named 'n1'", "--cluster", "n1=127.0.0.1:1,n1=127.0.0.1:2")]
    [InlineData("0.0.0.0:1 is not a loopback address: give --cert, --key and --ca, or --insecure", "--peer-listen", "0.0.0.0:1")]
    [InlineData("0.0.0.0:1 is not a loopback address: give --client-cert and --client-key, or --insecure", "--etcd-listen", "0.0.0.0:1")]
    [InlineData("--cert and --key must be given together", "--cert", "x.pem")]
    [InlineData("cannot read the certificate x.pem", "--client-cert", "x.pem", "--client-key", "y.pem")]
    public Task A_node_that_cannot_be_is_refused(string message, params string[] replaced) =>
        RefusedAsync(3, message, Node("data", replaced));

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = $"127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";
        await RefusedAsync(1, $"annot listen on {address}: the address is in use", Node("data1", "--etcd-listen", address));
        await RefusedAsync(1, $"annot listen on {address}: the address is in use", Node("data2", "--peer-listen", address));
    }

    [Fact]
    public async Task A_data_folder_of_another_node_or_in_use_is_refused_and_left_alone()
    {
        var arguments = Node("data");
        await using (var node = QuorateProcess.Start(folder.Path, arguments))
        {
            await node.WaitForLineAsync("ready");
            await RefusedAsync(1, "is in use by another node", Node("data"));
            Assert.Equal(0, await node.StopAsync());
        }
        await RefusedAsync(1, "the data folder belongs to node 'n1'", Node("data", "--name", "n2", "--cluster", "n2=127.0.0.1:7000"));
        await RefusedAsync(1, "the data folder belongs to node 'n1'", Node("data", "--cluster-name", "other"));

        await using var again = QuorateProcess.Start(folder.Path, arguments);
        await again.WaitForLineAsync("ready");
    }

    [Fact]
    public async Task A_corrupt_identity_is_told_with_its_file()
    {
        Directory.CreateDirectory(folder["data"]);
        await File.WriteAllBytesAsync(Path.Combine(folder["data"], "quorate.id"), new byte[40]);
        await RefusedAsync(1, "quorate.id is corrupt at offset 0", Node("data"));
    }

    private string[] Node(string data, params string[] replaced)
    {
        var (peer, etcd) = (FreePorts.Row(1), FreePorts.Row(1));
        var flags = new Dictionary<string, string>
        {
            ["--name"] = "n1",
            ["--data"] = folder[data],
            ["--peer-listen"] = $"127.0.0.1:{peer}",
            ["--etcd-listen"] = $"127.0.0.1:{etcd}",
            ["--cluster"] = $"n1=127.0.0.1:{peer}",
        };
        for (var i = 0; i < replaced.Length; i += 2)
            flags[replaced[i]] = replaced[i + 1];
        return ["node", .. flags.SelectMany(f => (string[])[f.Key, f.Value])];
    }

    private async Task RefusedAsync(int exit, string message, params string[] arguments)
    {
        var (code, _, errors) = await QuorateProcess.RunAsync(folder.Path, [.. arguments, "--log", "error"]);
        Assert.Contains(message, errors);
        Assert.Equal(exit, code);
        Assert.DoesNotContain("   at ", errors);
        Assert.DoesNotContain('\n', errors.Trim());
    }
}
