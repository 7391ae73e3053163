using System.Diagnostics;
using System.Text.Json;
using Quorate.Interop.Clients;

namespace Quorate.Interop.Etcd;

/// <summary>An unmodified etcdctl against <c>quorate up</c>. Each test has keys of its own.</summary>
public sealed class EtcdctlTests(UpCluster cluster) : IClassFixture<UpCluster>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private Etcdctl Ctl
    {
        get
        {
            Assert.SkipUnless(Etcdctl.IsInstalled, Etcdctl.Missing);
            return cluster.Etcdctl;
        }
    }

    [Fact]
    public void Up_prints_one_ready_line_with_each_endpoint() =>
        Assert.Equal("ready " + string.Join(' ', cluster.Nodes.Select((node, i) => $"n{i + 1}=http://{node}")), cluster.Ready);

    [Fact]
    public async Task What_was_put_at_one_node_is_read_at_each()
    {
        Assert.Equal("OK", await Ctl.DoAsync("put", "put/a", "1"));
        foreach (var node in cluster.Nodes)
            Assert.Equal("put/a\n1", await new Etcdctl(node).DoAsync("get", "put/a"));
    }

    [Fact]
    public async Task Ranges_prefixes_limits_and_orders_work()
    {
        foreach (var key in (string[])["range/a", "range/b", "range/c"])
            await Ctl.DoAsync("put", key, key + "!");
        Assert.Equal("range/a\nrange/a!\nrange/b\nrange/b!\nrange/c\nrange/c!", await Ctl.DoAsync("get", "--prefix", "range/"));
        var last = await Ctl.DoAsync("get", "--prefix", "range/", "--keys-only", "--order", "DESCEND", "--limit", "2");
        Assert.Equal("range/c\n\nrange/b", last.TrimEnd('\n'));
        Assert.Equal("range/b!\nrange/c!", await Ctl.DoAsync("get", "range/b", "range/d", "--print-value-only"));
        Assert.Equal("3", await Ctl.DoAsync("del", "--prefix", "range/"));
        Assert.Equal("", await Ctl.DoAsync("get", "--prefix", "range/"));
    }

    [Fact]
    public async Task Del_tells_what_was_there()
    {
        await Ctl.DoAsync("put", "del/a", "1");
        Assert.Equal("1\ndel/a\n1", await Ctl.DoAsync("del", "del/a", "--prev-kv"));
        Assert.Equal("0", await Ctl.DoAsync("del", "del/a"));
    }

    [Theory]
    [InlineData("1", "SUCCESS\n\nOK")]
    [InlineData("2", "FAILURE\n\ntxn/a\n1")]
    public async Task Txn_takes_the_branch_that_its_comparison_says(string expected, string answer)
    {
        await Ctl.DoAsync("put", "txn/a", "1");
        var (exit, output, errors) = await Ctl.RunAsync($"value(\"txn/a\") = \"{expected}\"\n\nput txn/b x\n\nget txn/a\n\n", "txn");
        Assert.True(exit == 0, errors);
        Assert.Equal(answer, output.Trim('\n'));
    }

    [Fact]
    public async Task Watch_tells_of_puts_and_deletes_in_order_with_what_was_before()
    {
        using var watch = Ctl.Start("watch", "watch/a", "--prev-kv", "--rev", await NextRevisionAsync());
        try
        {
            await Ctl.DoAsync("put", "watch/a", "1");
            await Ctl.DoAsync("put", "watch/a", "2");
            await Ctl.DoAsync("del", "watch/a");
            string[] expected = ["PUT", "watch/a", "1", "PUT", "watch/a", "1", "watch/a", "2", "DELETE", "watch/a", "2", "watch/a"];
            foreach (var line in expected)
                Assert.Equal(line, await LineAsync(watch));
        }
        finally
        {
            watch.Kill();
        }
    }

    [Fact]
    public async Task A_lease_takes_its_keys_with_it_and_keep_alive_keeps_them()
    {
        var lease = await GrantAsync(60);
        await Ctl.DoAsync("put", "--lease", lease, "lease/a", "1");
        Assert.Contains("attached keys([lease/a])", await Ctl.DoAsync("lease", "timetolive", lease, "--keys"));
        Assert.Contains(lease, await Ctl.DoAsync("lease", "list"));
        Assert.Contains("keepalived with TTL(60)", await Ctl.DoAsync("lease", "keep-alive", "--once", lease));
        Assert.Contains("revoked", await Ctl.DoAsync("lease", "revoke", lease));
        Assert.Equal("", await Ctl.DoAsync("get", "lease/a"));
        Assert.Contains("already expired", await Ctl.DoAsync("lease", "timetolive", lease));
        Assert.Contains("requested lease not found", await Ctl.FailAsync("put", "--lease", lease, "lease/b", "1"));
    }

    [Fact]
    public async Task A_lease_that_nobody_keeps_expires_and_a_watch_sees_it()
    {
        var lease = await GrantAsync(2);
        using var watch = Ctl.Start("watch", "expire/a", "--rev", await NextRevisionAsync());
        try
        {
            await Ctl.DoAsync("put", "--lease", lease, "expire/a", "1");
            foreach (var line in (string[])["PUT", "expire/a", "1", "DELETE", "expire/a"])
                Assert.Equal(line, await LineAsync(watch));
        }
        finally
        {
            watch.Kill();
        }
    }

    [Fact]
    public async Task Compaction_takes_the_past_away()
    {
        await Ctl.DoAsync("put", "compact/a", "old");
        var old = await RevisionAsync();
        await Ctl.DoAsync("put", "compact/a", "new");
        Assert.Equal("old", await Ctl.DoAsync("get", "compact/a", "--rev", old, "--print-value-only"));
        var now = await RevisionAsync();
        Assert.Equal($"compacted revision {now}", await Ctl.DoAsync("compaction", now));
        Assert.Contains("etcdserver: mvcc: required revision has been compacted", await Ctl.FailAsync("get", "compact/a", "--rev", old));
        var future = await Ctl.FailAsync("get", "compact/a", "--rev", "999999999");
        Assert.Contains("etcdserver: mvcc: required revision is a future revision", future);
        Assert.Equal("new", await Ctl.DoAsync("get", "compact/a", "--print-value-only"));
    }

    [Fact]
    public async Task Member_list_and_endpoint_status_name_each_node_and_one_leader()
    {
        var members = await Ctl.DoAsync("member", "list");
        Assert.All(cluster.Nodes, node => Assert.Contains("http://" + node, members));
        var status = JsonDocument.Parse(await Ctl.DoAsync("endpoint", "status", "-w", "json")).RootElement.EnumerateArray()
            .Select(e => e.GetProperty("Status")).ToList();
        Assert.Equal(3, status.Count);
        Assert.Single(status, s => s.GetProperty("leader").GetUInt64() == s.GetProperty("header").GetProperty("member_id").GetUInt64());
        await Ctl.DoAsync("endpoint", "health");
    }

    [Fact]
    public async Task A_lock_is_held_by_one_and_passes_on()
    {
        using var holder = Ctl.Start("lock", "lock/a");
        try
        {
            Assert.StartsWith("lock/a/", await LineAsync(holder));
            var next = Ctl.RunAsync(null, "lock", "lock/a", "echo", "mine");
            Assert.NotSame(next, await Task.WhenAny(next, Task.Delay(TimeSpan.FromMilliseconds(500))));
            // Interrupted, it gives the lock back.
            using (var kill = Process.Start("kill", ["-INT", $"{holder.Id}"]))
                await kill.WaitForExitAsync();
            Assert.Equal("mine\n", (await next.WaitAsync(Limit)).Output);
        }
        finally
        {
            holder.Kill();
        }
    }

    [Fact]
    public async Task An_election_has_one_winner_whom_observers_see()
    {
        using var candidate = Ctl.Start("elect", "elect/a", "me");
        using var observer = Ctl.Start("elect", "-l", "elect/a");
        try
        {
            Assert.StartsWith("elect/a/", await LineAsync(candidate));
            Assert.Equal("me", await LineAsync(candidate));
            Assert.StartsWith("elect/a/", await LineAsync(observer));
            Assert.Equal("me", await LineAsync(observer));
        }
        finally
        {
            candidate.Kill();
            observer.Kill();
        }
    }

    [Fact]
    public async Task An_empty_key_and_a_request_too_large_get_etcds_errors()
    {
        Assert.Contains("etcdserver: key is not provided", await Ctl.FailAsync("put", "", "x"));
        var (exit, _, errors) = await Ctl.RunAsync(new string('x', (3 << 19) + 10), "put", "large/a");
        Assert.NotEqual(0, exit);
        Assert.Contains("etcdserver: request is too large", errors);
    }

    [Fact]
    public async Task Broken_calls_get_grpcs_errors_and_the_node_goes_on()
    {
        using var client = new GrpcClient($"http://{cluster.Nodes[0]}", TimeSpan.FromSeconds(20));
        var unknown = await StatusAsync("/etcdserverpb.KV/Nothing", GrpcClient.Frame([]));
        Assert.Equal(("12", "unknown method Nothing for service etcdserverpb.KV"), unknown);
        Assert.Equal(("13", "unexpected EOF"), await StatusAsync("/etcdserverpb.KV/Put", [0, 0, 0, 0, 9, 1]));
        Assert.Equal("13", (await StatusAsync("/etcdserverpb.KV/Put", GrpcClient.Frame([0xFF, 0xFF]))).Status);
        Assert.Equal("8", (await StatusAsync("/etcdserverpb.KV/Put", GrpcClient.Frame(new byte[3 << 20]))).Status);
        var large = await StatusAsync("/etcdserverpb.KV/Put", GrpcClient.Frame(GrpcClient.Put("large/b", new string('x', (3 << 19) + 10))));
        Assert.Equal(("3", "etcdserver: request is too large"), large);
        await client.PutAsync("broken/a", "fine");
        Assert.Equal("fine", await client.GetAsync("broken/a"));

        async Task<(string? Status, string? Message)> StatusAsync(string path, byte[] body)
        {
            var (status, message, _) = await client.PostAsync(path, body);
            return (status, message);
        }
    }

    private async Task<string> GrantAsync(int seconds) => (await Ctl.DoAsync("lease", "grant", $"{seconds}")).Split(' ')[1];

    private async Task<string> RevisionAsync() =>
        JsonDocument.Parse(await Ctl.DoAsync("get", "nothing", "-w", "json"))
            .RootElement.GetProperty("header").GetProperty("revision").ToString();

    // Not 1: the past may have been compacted by another test.
    private async Task<string> NextRevisionAsync() => $"{long.Parse(await RevisionAsync()) + 1}";

    private static async Task<string?> LineAsync(Process process) => await process.StandardOutput.ReadLineAsync().WaitAsync(Limit);
}
