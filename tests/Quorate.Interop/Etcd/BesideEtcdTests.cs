using System.Text.Json;
using System.Text.RegularExpressions;

namespace Quorate.Interop.Etcd;

/// <summary>The same calls of the JSON gateway to etcd itself and to us: status and body must be the same, but for what is the server's own.</summary>
public sealed class BesideEtcdTests(UpCluster ours, EtcdServer etcd) : IClassFixture<UpCluster>, IClassFixture<EtcdServer>
{
    /// <summary>Ids, terms and revisions differ from cluster to cluster.</summary>
    private static readonly Regex Own = new(
        "\"(cluster_id|member_id|raft_term|revision|rev|create_revision|mod_revision)\":\"[0-9]+\"", RegexOptions.CultureInvariant);

    public static TheoryData<string, string> Calls => new()
    {
        { "/v3/kv/put", """{"key":"YmUvYQ==","value":"MQ=="}""" },
        { "/v3/kv/put", """{"key":"YmUvYQ==","value":"Mg==","prev_kv":true}""" },
        { "/v3/kv/put", """{"key":"YmUvYQ==","value":"Mg==","ignore_value":true}""" },
        { "/v3/kv/put", """{"key":"YmUvbm9uZQ==","ignore_value":true}""" },
        { "/v3/kv/put", """{"key":"YmUvYQ==","lease":"999"}""" },
        { "/v3/kv/put", "{}" },
        { "/v3/kv/range", """{"key":"YmUv","range_end":"YmUw","sort_order":"DESCEND","sort_target":"MOD","limit":"1"}""" },
        { "/v3/kv/range", """{"key":"YmUvYQ==","keys_only":true}""" },
        { "/v3/kv/range", """{"key":"YmUvYQ==","count_only":true}""" },
        { "/v3/kv/range", """{"key":"YmUvYQ==","revision":"99999999"}""" },
        { "/v3/kv/txn", """{"compare":[{"key":"YmUvYQ==","target":"VALUE","value":"Mg=="}],"success":[{"request_put":{"key":"YmUvYg=="}}]}""" },
        { "/v3/kv/txn", """{"compare":[{"target":"VALUE","value":"Mg=="}]}""" },
        { "/v3/kv/txn", """{"success":[{"request_put":{"key":"YQ=="}},{"request_put":{"key":"YQ=="}}]}""" },
        { "/v3/kv/txn", """{"success":[{}]}""" },
        { "/v3/kv/deleterange", """{"key":"YmUvYg==","prev_kv":true}""" },
        { "/v3/kv/deleterange", "{}" },
        { "/v3/kv/compaction", """{"revision":"99999999"}""" },
        { "/v3/lease/grant", """{"ID":"4711","TTL":"600"}""" },
        { "/v3/lease/grant", """{"ID":"4711","TTL":"600"}""" },
        { "/v3/lease/grant", """{"TTL":"99999999999"}""" },
        { "/v3/lease/timetolive", """{"ID":"4712"}""" },
        { "/v3/lease/keepalive", """{"ID":"4711"}{"ID":"4712"}""" },
        { "/v3/lease/leases", "{}" },
        { "/v3/kv/lease/revoke", """{"ID":"4712"}""" },
        { "/v3/lock/lock", """{"name":"YmUvbA==","lease":"4711"}""" },
        { "/v3/lock/lock", """{"name":"YmUvbA==","lease":"4712"}""" },
        { "/v3/lock/unlock", """{"key":"YmUvbC8xMjY3"}""" },
        { "/v3/lock/unlock", "{}" },
        { "/v3/election/campaign", """{"name":"YmUvZQ==","lease":"4711","value":"eA=="}""" },
        { "/v3/election/leader", """{"name":"YmUvZQ=="}""" },
        { "/v3/election/leader", """{"name":"YmUvbm9uZQ=="}""" },
        { "/v3/election/proclaim", """{"leader":{"name":"YmUvZQ==","key":"YmUvZS94","rev":"1","lease":"4711"},"value":"eQ=="}""" },
        { "/v3/election/proclaim", "{}" },
        { "/v3/election/resign", """{"leader":{"name":"YmUvZQ==","key":"YmUvZS94","rev":"1","lease":"4711"}}""" },
        { "/v3/maintenance/alarm", "{}" },
        { "/v3/maintenance/alarm", """{"action":"ACTIVATE","memberID":"5","alarm":"NOSPACE"}""" },
        { "/v3/kv/put", """{"key":"YmUvYQ==","value":"MQ=="}""" },
        { "/v3/lease/grant", """{"TTL":"600"}""" },
        { "/v3/maintenance/alarm", """{"action":"GET","alarm":"CORRUPT"}""" },
        { "/v3/maintenance/alarm", """{"action":"DEACTIVATE","memberID":"5","alarm":"NOSPACE"}""" },
        { "/v3/maintenance/alarm", """{"action":"DEACTIVATE","memberID":"5","alarm":"NOSPACE"}""" },
        { "/v3/maintenance/defragment", "{}" },
        { "/v3/maintenance/transfer-leadership", """{"targetID":"5"}""" },
        { "/v3/auth/enable", "{}" },
        { "/v3/auth/authenticate", """{"name":"a","password":"b"}""" },
        { "/v3/auth/user/list", "{}" },
        { "/v3/nothing", "{}" },
    };

    [Fact]
    public async Task The_gateway_answers_as_etcds_does()
    {
        Assert.SkipUnless(EtcdServer.IsInstalled, EtcdServer.Missing);
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        var leader = await LeaderAsync(http);
        var different = new List<string>();
        foreach (var call in Calls)
        {
            var (path, body) = call.Data;
            var theirs = await PostAsync(http, etcd.Address, path, body);
            var mine = await PostAsync(http, leader, path, body);
            if (theirs != mine)
                different.Add($"{path} {body}\n  etcd: {theirs}\n  ours: {mine}");
        }

        Assert.True(different.Count == 0, string.Join('\n', different));
    }

    // Their texts are our parser's (docs/compatibility-etcd.md).
    public static TheoryData<string, string> MalformedCalls => new()
    {
        { "/v3/kv/range", "" },
        { "/v3/kv/range", "{" },
        { "/v3/kv/range", "[]" },
        { "/v3/kv/range", "5" },
        { "/v3/kv/range", """{"key":"%"}""" },
        { "/v3/kv/range", """{"key":5}""" },
        { "/v3/kv/range", """{"key":"YQ==","limit":"x"}""" },
        { "/v3/kv/range", """{"key":"YQ==","limit":1e999}""" },
        { "/v3/kv/range", """{"key":"YQ==","limit":"9223372036854775808"}""" },
        { "/v3/kv/range", """{"key":"YQ==","limit":-1}""" },
        { "/v3/kv/range", """{"key":"YQ==","serializable":"x"}""" },
        { "/v3/kv/range", """{"key":"YQ==","sort_order":"UP"}""" },
        { "/v3/kv/range", """{"key":"YQ==","nothing":{"at":["all"]}}""" },
        { "/v3/kv/range", """{"key":null}""" },
        { "/v3/kv/txn", """{"success":{}}""" },
        { "/v3/kv/txn", """{"compare":[5]}""" },
        { "/v3/kv/txn", """{"success":[{"request_put":5}]}""" },
    };

    [Fact]
    public async Task Malformed_json_gets_the_status_that_etcd_gives()
    {
        Assert.SkipUnless(EtcdServer.IsInstalled, EtcdServer.Missing);
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        var leader = await LeaderAsync(http);
        var different = new List<string>();
        foreach (var call in MalformedCalls)
        {
            var (path, body) = call.Data;
            var (theirs, mine) = (await PostAsync(http, etcd.Address, path, body), await PostAsync(http, leader, path, body));
            if (theirs.Status != mine.Status)
                different.Add($"{path} {body}\n  etcd: {theirs}\n  ours: {mine}");
        }

        Assert.True(different.Count == 0, string.Join('\n', different));
    }

    [Fact]
    public async Task Health_and_version_read_as_etcds_do()
    {
        Assert.SkipUnless(EtcdServer.IsInstalled, EtcdServer.Missing);
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        foreach (var path in (string[])["/health", "/version"])
            Assert.Equal(await http.GetStringAsync($"http://{etcd.Address}{path}"), await http.GetStringAsync($"http://{ours.Nodes[0]}{path}"));
        var theirs = Names(await http.GetStringAsync($"http://{etcd.Address}/metrics"));
        // What etcd has no name for has ours.
        Assert.Equal(
            ["# TYPE quorate_cluster_level gauge"], Names(await http.GetStringAsync($"http://{ours.Nodes[0]}/metrics")).Except(theirs));

        static HashSet<string> Names(string metrics) => [.. metrics.Split('\n')
            .Where(line => line.StartsWith("# TYPE", StringComparison.Ordinal))];
    }

    private async Task<string> LeaderAsync(HttpClient http)
    {
        foreach (var node in ours.Nodes)
        {
            using var answer = await http.PostAsync($"http://{node}/v3/maintenance/status", new StringContent("{}"));
            var status = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
            if (status.GetProperty("leader").GetString() == status.GetProperty("header").GetProperty("member_id").GetString())
                return node;
        }

        throw new InvalidOperationException("no node leads");
    }

    private static async Task<(int Status, string Body)> PostAsync(HttpClient http, string server, string path, string body)
    {
        using var answer = await http.PostAsync($"http://{server}{path}", new StringContent(body));
        return ((int)answer.StatusCode, Own.Replace(await answer.Content.ReadAsStringAsync(), "\"$1\":\"?\"").TrimEnd('\n'));
    }
}
