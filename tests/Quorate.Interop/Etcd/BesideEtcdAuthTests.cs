using System.Text.Json;
using System.Text.RegularExpressions;

namespace Quorate.Interop.Etcd;

/// <summary>
/// Authentication is set up at etcd itself and at us by the same calls, and then everybody tries everything: status and body must be the same,
/// but for what is the server's own.
/// </summary>
public sealed class BesideEtcdAuthTests(UpCluster ours, EtcdServer etcd) : IClassFixture<UpCluster>, IClassFixture<EtcdServer>
{
    private static readonly Regex Own = new(
        "\"(cluster_id|member_id|raft_term|revision|rev|create_revision|mod_revision|token|ID|TTL)\":\"[^\"]+\"",
        RegexOptions.CultureInvariant);

    // As root before authentication is on, when everybody is.
    private static readonly (string Path, string Body)[] SetUp =
    [
        ("user/add", "{}"),
        ("user/add", """{"name":"root","password":"r"}"""),
        ("user/add", """{"name":"root","password":"r"}"""),
        ("user/add", """{"name":"nopw","options":{"no_password":true}}"""),
        ("user/add", """{"name":"empty"}"""),
        ("enable", "{}"),
        ("user/grant", """{"user":"none","role":"none"}"""),
        ("user/grant", """{"user":"root","role":"none"}"""),
        ("user/grant", """{"user":"root","role":"root"}"""),
        ("user/grant", """{"user":"root","role":"root"}"""),
        ("role/get", """{"role":"root"}"""),
        ("role/add", "{}"),
        ("role/add", """{"name":"r1"}"""),
        ("role/add", """{"name":"r1"}"""),
        ("role/grant", """{"name":"none","perm":{"key":"YQ=="}}"""),
        ("role/grant", """{"name":"r1","perm":{"permType":"READWRITE","key":"YQ==","range_end":"Yg=="}}"""),
        ("role/grant", """{"name":"r1","perm":{"permType":"READ","key":"YQ=="}}"""),
        ("role/grant", """{"name":"r1","perm":{"permType":"WRITE","key":"Yg=="}}"""),
        ("role/grant", """{"name":"r1","perm":{"permType":"READ","key":"Yg=="}}"""),
        ("role/grant", """{"name":"r1","perm":{"permType":"READ"}}"""),
        ("role/get", """{"role":"r1"}"""),
        ("role/get", """{"role":"none"}"""),
        ("role/revoke", """{"role":"r1","key":"eA=="}"""),
        ("role/revoke", """{"role":"none","key":"eA=="}"""),
        ("user/add", """{"name":"alice","password":"a"}"""),
        ("user/grant", """{"user":"alice","role":"r1"}"""),
        ("user/get", """{"name":"alice"}"""),
        ("user/get", """{"name":"none"}"""),
        ("user/list", "{}"),
        ("role/list", "{}"),
        ("user/revoke", """{"name":"alice","role":"none"}"""),
        ("user/revoke", """{"name":"none","role":"none"}"""),
        ("authenticate", """{"name":"root","password":"r"}"""),
        ("enable", "{}"),
        ("authenticate", """{"name":"root","password":"x"}"""),
        ("authenticate", """{"name":"none","password":"x"}"""),
        ("authenticate", """{"name":"nopw","password":""}"""),
        ("authenticate", """{"name":"empty","password":""}"""),
        ("authenticate", """{"name":"alice","password":"a"}"""),
    ];

    // What nobody, alice, somebody with a token that is none, and root try.
    private static readonly (string Path, string Body)[] Calls =
    [
        ("kv/range", "{}"),
        ("kv/range", """{"key":"YQ=="}"""),
        ("kv/range", """{"key":"YQ==","range_end":"Yg=="}"""),
        ("kv/range", """{"key":"YQ==","range_end":"YWI="}"""),
        ("kv/range", """{"key":"YQ==","range_end":"YmI="}"""),
        ("kv/range", """{"key":"YQ==","range_end":"AA=="}"""),
        ("kv/range", """{"key":"Yg==","range_end":"YQ=="}"""),
        ("kv/put", """{"key":"YQ=="}"""),
        ("kv/put", """{"key":"YQ==","prev_kv":true}"""),
        ("kv/put", """{"key":"Yg=="}"""),
        ("kv/deleterange", """{"key":"YQ==","range_end":"Yg==","prev_kv":true}"""),
        ("kv/deleterange", """{"key":"YQ==","range_end":"AA=="}"""),
        ("kv/txn", "{}"),
        ("kv/txn", """{"success":[{"request_put":{"key":"YQ=="}}]}"""),
        ("kv/txn", """{"compare":[{"key":"Yw==","target":"VERSION"}]}"""),
        ("kv/txn", """{"failure":[{"request_put":{"key":"Yw=="}}]}"""),
        ("kv/txn", """{"success":[{"request_range":{"key":"Yw=="}}]}"""),
        ("kv/compaction", """{"revision":"99999999"}"""),
        ("lease/grant", """{"ID":"7","TTL":"600"}"""),
        ("lease/timetolive", """{"ID":"7","keys":true}"""),
        ("lease/keepalive", """{"ID":"7"}"""),
        ("lease/leases", "{}"),
        ("kv/put", """{"key":"YQ==","lease":"7"}"""),
        ("kv/lease/revoke", """{"ID":"7"}"""),
        ("kv/lease/revoke", """{"ID":"99"}"""),
        ("cluster/member/remove", """{"ID":"5"}"""),
        ("cluster/member/update", """{"ID":"5","peerURLs":["http://127.0.0.1:1"]}"""),
        ("cluster/member/promote", """{"ID":"5"}"""),
        ("maintenance/alarm", "{}"),
        ("maintenance/alarm", """{"action":"DEACTIVATE","memberID":"5","alarm":"NOSPACE"}"""),
        ("maintenance/defragment", "{}"),
        ("maintenance/transfer-leadership", """{"targetID":"5"}"""),
        ("lock/lock", """{"name":"Yw==","lease":"99"}"""),
        ("lock/unlock", """{"key":"Yw=="}"""),
        ("election/leader", """{"name":"Yw=="}"""),
        ("watch", """{"create_request":{"key":"Yw==","watch_id":"5"}}"""),
        ("auth/user/get", """{"name":"alice"}"""),
        ("auth/user/get", """{"name":"root"}"""),
        ("auth/user/get", """{"name":"none"}"""),
        ("auth/role/get", """{"role":"r1"}"""),
        ("auth/role/get", """{"role":"none"}"""),
        ("auth/user/list", "{}"),
        ("auth/role/list", "{}"),
        ("auth/user/add", "{}"),
        ("auth/user/changepw", """{"name":"none","password":"b"}"""),
        ("auth/user/delete", """{"name":"root"}"""),
        ("auth/user/revoke", """{"name":"root","role":"root"}"""),
        ("auth/role/delete", """{"role":"root"}"""),
        ("auth/enable", "{}"),
    ];

    private static readonly (string Path, string Body)[] End =
    [
        ("auth/role/delete", """{"role":"r1"}"""),
        ("auth/user/get", """{"name":"alice"}"""),
        ("auth/user/delete", """{"name":"alice"}"""),
        ("auth/user/list", "{}"),
        ("auth/disable", "{}"),
    ];

    // Nobody shows a token any more: etcd 3.4 still looks at one, and refuses it.
    private static readonly (string Path, string Body)[] Afterwards =
    [
        ("auth/disable", "{}"),
        ("auth/user/delete", """{"name":"root"}"""),
        ("kv/range", """{"key":"YQ=="}"""),
    ];

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Everybody_is_answered_as_etcd_answers()
    {
        Assert.SkipUnless(EtcdServer.IsInstalled, "etcd is not installed (Debian: etcd-server)");
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
        var mine = await LeaderAsync(http);
        var different = new List<string>();
        foreach (var (path, body) in SetUp)
            await CompareAsync("before", $"auth/{path}", body, null, null);
        foreach (var (user, password) in ((string?, string)[])[(null, ""), ("alice", "a"), ("somebody", ""), ("root", "r")])
        {
            var (theirToken, myToken) = user is "alice" or "root"
                ? (await LogInAsync(http, etcd.Address, user, password), await LogInAsync(http, mine, user, password))
                : (user is null ? null : "none.7", user is null ? null : "none.7");
            foreach (var (path, body) in Calls)
            {
                // Root may watch: that would not end.
                if (user != "root" || path != "watch")
                    await CompareAsync(user ?? "nobody", path, body, theirToken, myToken);
            }
        }

        var (theirs, own) = (await LogInAsync(http, etcd.Address, "root", "r"), await LogInAsync(http, mine, "root", "r"));
        foreach (var (path, body) in End)
            await CompareAsync("root", path, body, theirs, own);
        foreach (var (path, body) in Afterwards)
            await CompareAsync("after", path, body, null, null);
        Assert.True(different.Count == 0, string.Join('\n', different));

        async Task CompareAsync(string who, string path, string body, string? theirToken, string? myToken)
        {
            var (their, my) = (await PostAsync(http, etcd.Address, path, body, theirToken), await PostAsync(http, mine, path, body, myToken));
            if (their != my)
                different.Add($"{who}: {path} {body}\n  etcd: {their}\n  ours: {my}");
        }
    }

    private async Task<string> LeaderAsync(HttpClient http)
    {
        foreach (var node in ours.Nodes)
        {
            var (_, body) = await PostRawAsync(http, node, "maintenance/status", "{}", null);
            var status = JsonDocument.Parse(body).RootElement;
            if (status.GetProperty("leader").GetString() == status.GetProperty("header").GetProperty("member_id").GetString())
                return node;
        }

        throw new InvalidOperationException("no node leads");
    }

    private static async Task<string> LogInAsync(HttpClient http, string server, string user, string password)
    {
        var (status, body) = await PostRawAsync(http, server, "auth/authenticate", $$"""{"name":"{{user}}","password":"{{password}}"}""", null);
        Assert.Equal(200, status);
        return JsonDocument.Parse(body).RootElement.GetProperty("token").GetString()!;
    }

    private static async Task<(int Status, string Body)> PostAsync(HttpClient http, string server, string path, string body, string? token)
    {
        var (status, answer) = await PostRawAsync(http, server, path, body, token);
        return (status, Own.Replace(answer, "\"$1\":\"?\"").TrimEnd('\n'));
    }

    private static async Task<(int Status, string Body)> PostRawAsync(
        HttpClient http, string server, string path, string body, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{server}/v3/{path}") { Content = new StringContent(body) };
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", token);
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (path != "watch")
            return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
        // The stream stays open for other watches.
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        return ((int)answer.StatusCode, await lines.ReadLineAsync() ?? "");
    }
}
