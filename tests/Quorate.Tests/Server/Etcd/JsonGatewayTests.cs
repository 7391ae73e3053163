using System.Net;
using System.Text;
using System.Text.Json;

namespace Quorate.Tests.Server.Etcd;

/// <summary>Plain HTTP beside gRPC on the same port. The answers are those of etcd 3.4.23, but for ids and revisions.</summary>
public sealed class JsonGatewayTests(ServedNode node) : IClassFixture<ServedNode>, IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly HttpClient http = new() { BaseAddress = node.Address, Timeout = Limit };

    public void Dispose() => http.Dispose();

    [Theory]
    [InlineData("/v3")]
    [InlineData("/v3beta")]
    public async Task What_is_put_as_JSON_is_read_as_JSON(string version)
    {
        await OkAsync(version + "/kv/put", """{"key":"anNvbi9h","value":"MQ=="}""");
        var range = await OkAsync(version + "/kv/range", """{"key":"anNvbi9h"}""");
        var kv = Assert.Single(range.GetProperty("kvs").EnumerateArray().ToList());
        Assert.Equal(("anNvbi9h", "MQ==", "1"), (Text(kv, "key"), Text(kv, "value"), Text(range, "count")));
        Assert.Equal(JsonValueKind.String, range.GetProperty("header").GetProperty("cluster_id").ValueKind);
        Assert.False(kv.TryGetProperty("lease", out _) || range.TryGetProperty("more", out _));
        var deleted = await OkAsync(version + "/kv/deleterange", """{"key":"anNvbi9h","prev_kv":true}""");
        Assert.Equal("1", Text(deleted, "deleted"));
        Assert.Equal("MQ==", Text(deleted.GetProperty("prev_kvs")[0], "value"));
    }

    [Fact]
    public async Task A_transaction_nests_and_names_its_enums()
    {
        const string Txn = """
            {"compare":[{"key":"anNvbi90","target":"CREATE","result":"EQUAL","create_revision":"0"}],
             "success":[{"requestPut":{"key":"anNvbi90","value":"eA=="}},{"request_range":{"key":"anNvbi90"}}],
             "failure":[{"request_txn":{"success":[{"request_delete_range":{"key":"anNvbi90"}}]}}]}
            """;
        var first = await OkAsync("/v3/kv/txn", Txn);
        Assert.True(first.GetProperty("succeeded").GetBoolean());
        Assert.Equal("eA==", Text(first.GetProperty("responses")[1].GetProperty("response_range").GetProperty("kvs")[0], "value"));
        var second = await OkAsync("/v3/kv/txn", Txn);
        Assert.False(second.TryGetProperty("succeeded", out _));
        Assert.Equal(
            "1", Text(second.GetProperty("responses")[0].GetProperty("response_txn").GetProperty("responses")[0].GetProperty("response_delete_range"), "deleted"));
    }

    [Theory]
    [InlineData("/v3/kv/range", "", 400, 3, "etcdserver: key is not provided")]
    [InlineData("/v3/kv/range", "{\"nokey\":1}", 400, 3, "etcdserver: key is not provided")]
    [InlineData("/v3/kv/range", "{\"key\":\"Zm9v\",\"revision\":99999999}", 400, 11, "etcdserver: mvcc: required revision is a future revision")]
    [InlineData("/v3/kv/lease/revoke", "{\"ID\":\"9\"}", 404, 5, "etcdserver: requested lease not found")]
    [InlineData("/v3/lock/lock", "{\"lease\":\"12345\"}", 500, 2, "etcdserver: requested lease not found")]
    [InlineData("/v3/election/leader", "{\"name\":\"bm9uZQ==\"}", 500, 2, "election: no leader")]
    [InlineData("/v3/auth/enable", "{}", 412, 9, "etcdserver: root user does not exist")]
    [InlineData("/v3/maintenance/transfer-leadership", "{\"targetID\":\"5\"}", 412, 9, "etcdserver: bad leader transferee")]
    [InlineData("/v3/maintenance/alarm", "{\"action\":9}", 400, 3, "etcdserver: invalid alarm action")]
    public async Task An_error_has_etcds_text_and_the_status_of_its_code(string path, string body, int status, int code, string message)
    {
        var (answered, json) = await PostAsync(path, body);
        Assert.Equal(status, (int)answered);
        Assert.Equal((message, message, code), (Text(json, "error"), Text(json, "message"), json.GetProperty("code").GetInt32()));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{\"key\":1}")]
    [InlineData("{\"key\":\"Zm9v2\"}")]
    [InlineData("{\"key\":\"Zm9v\",\"sort_order\":\"WRONG\"}")]
    [InlineData("{\"key\":\"Zm9v\",\"limit\":\"x\"}")]
    [InlineData("{\"key\":\"Zm9v\",\"limit\":\"99999999999999999999\"}")]
    public async Task A_body_that_does_not_fit_is_a_bad_request(string body)
    {
        var (status, json) = await PostAsync("/v3/kv/range", body);
        Assert.Equal((HttpStatusCode.BadRequest, 3), (status, json.GetProperty("code").GetInt32()));
    }

    [Fact]
    public async Task Random_bodies_never_end_otherwise_than_with_an_answer()
    {
        var random = new Random(7);
        const string Sound = """{"compare":[{"key":"YQ==","target":"MOD","mod_revision":"1"}],"success":[{"request_put":{"key":"YQ==","value":"Yg=="}}]}""";
        string[] paths = ["/v3/kv/txn", "/v3/kv/range", "/v3/kv/put", "/v3/lease/grant", "/v3/lease/keepalive", "/v3/maintenance/alarm"];
        for (var round = 0; round < 400; round++)
        {
            var body = Encoding.UTF8.GetBytes(Sound);
            for (var i = random.Next(6); i > 0; i--)
                body[random.Next(body.Length)] = (byte)random.Next(256);
            using var answer = await http.PostAsync(paths[random.Next(paths.Length)], new ByteArrayContent(body[..random.Next(body.Length + 1)]));
            Assert.True((int)answer.StatusCode is 200 or 400 or 404 or 412 or 429 or 500, $"round {round}: {answer.StatusCode}");
        }

        await OkAsync("/v3/kv/range", """{"key":"YQ=="}""");
    }

    [Fact]
    public async Task Too_much_is_refused()
    {
        var large = Convert.ToBase64String(new byte[(3 << 19) + 10]);
        var (status, json) = await PostAsync("/v3/kv/put", $$"""{"key":"YQ==","value":"{{large}}"}""");
        Assert.Equal((HttpStatusCode.BadRequest, "etcdserver: request is too large"), (status, Text(json, "error")));
        (status, _) = await PostAsync("/v3/kv/put", new string(' ', 6 << 20));
        Assert.Equal(HttpStatusCode.TooManyRequests, status);
    }

    [Fact]
    public async Task A_watch_is_a_line_for_each_message_until_the_client_goes()
    {
        var start = await RevisionAsync() + 1;
        using var request = Json("/v3/watch", "{\"create_request\":{\"key\":\"anNvbi93\",\"start_revision\":\"" + start + "\"}}");
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.True((await ResultAsync(lines)).GetProperty("created").GetBoolean());
        await OkAsync("/v3/kv/put", """{"key":"anNvbi93","value":"MQ=="}""");
        await OkAsync("/v3/kv/deleterange", """{"key":"anNvbi93"}""");
        var put = (await ResultAsync(lines)).GetProperty("events")[0];
        Assert.False(put.TryGetProperty("type", out _));
        Assert.Equal("MQ==", Text(put.GetProperty("kv"), "value"));
        Assert.Equal("DELETE", Text((await ResultAsync(lines)).GetProperty("events")[0], "type"));
    }

    [Fact]
    public async Task Keep_alives_are_answered_in_order_and_end_with_the_body()
    {
        await OkAsync("/v3/lease/grant", """{"ID":"7777","TTL":"60"}""");
        using var answer = await http.SendAsync(Json("/v3/lease/keepalive", """{"ID":"9"}{"ID":"7777"}"""));
        var lines = (await answer.Content.ReadAsStringAsync()).TrimEnd('\n').Split('\n');
        Assert.Equal(2, lines.Length);
        var results = lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("result")).ToList();
        Assert.Equal(["9", "7777"], results.Select(r => Text(r, "ID")));
        Assert.False(results[0].TryGetProperty("TTL", out _));
        Assert.Equal("60", Text(results[1], "TTL"));
    }

    [Fact]
    public async Task A_lock_waits_until_the_client_goes_or_its_time_is_up()
    {
        await OkAsync("/v3/lease/grant", """{"ID":"801","TTL":"60"}""");
        await OkAsync("/v3/lease/grant", """{"ID":"802","TTL":"60"}""");
        await OkAsync("/v3/lock/lock", """{"name":"anNvbi9s","lease":"801"}""");
        using var late = Json("/v3/lock/lock", """{"name":"anNvbi9s","lease":"802"}""");
        late.Headers.Add("Grpc-Timeout", "200m");
        using var answer = await http.SendAsync(late);
        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        using var gone = new CancellationTokenSource();
        var waiting = http.SendAsync(Json("/v3/lock/lock", """{"name":"anNvbi9s","lease":"802"}"""), gone.Token);
        await UntilAsync("2");
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await UntilAsync("1");

        async Task UntilAsync(string count)
        {
            using var limit = new CancellationTokenSource(Limit);
            while (Text(await OkAsync("/v3/kv/range", """{"key":"anNvbi9sLw==","range_end":"anNvbi9sMA=="}"""), "count") != count)
                await Task.Delay(10, limit.Token);
        }
    }

    [Fact]
    public async Task Paths_and_methods_that_are_none_are_told_apart()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await PostRawAsync("/v3/nothing")).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await http.GetAsync("/v3/kv/range")).StatusCode);
        var posted = await PostRawAsync("/health");
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "GET"), (posted.StatusCode, posted.Content.Headers.Allow.Single()));

        Task<HttpResponseMessage> PostRawAsync(string path) => http.PostAsync(path, new StringContent("{}"));
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Both_versions_of_HTTP_get_the_pages_of_the_node(string version)
    {
        Assert.Equal("""{"health":"true"}""", await GetAsync("/health"));
        Assert.Equal("""{"etcdserver":"3.4.23","etcdcluster":"3.4.0"}""", await GetAsync("/version"));
        var metrics = await GetAsync("/metrics");
        foreach (var sample in (string[])["etcd_server_has_leader 1", "etcd_server_is_leader 1", "etcd_server_version{server_version=\"3.4.23\"} 1", "etcd_cluster_version{cluster_version=\"3.4\"} 1", "quorate_cluster_level 2"])
            Assert.Contains($"\n{sample}\n", metrics);
        Assert.Matches("""\ngrpc_server_handled_total\{grpc_code="OK",grpc_method="Put",grpc_service="etcdserverpb.KV",grpc_type="unary"\} \d+\n""", metrics);
        Assert.All(metrics.TrimEnd('\n').Split('\n'), line => Assert.Matches(@"^(# (HELP|TYPE) \w+ .+|\w+(\{[^}]*\})? [0-9.E+-]+)$", line));

        async Task<string> GetAsync(string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path)
            {
                Version = new Version(version),
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            using var answer = await http.SendAsync(request);
            Assert.Equal((HttpStatusCode.OK, version), (answer.StatusCode, answer.Version.ToString()));
            return await answer.Content.ReadAsStringAsync();
        }
    }

    [Fact]
    public async Task An_alarm_makes_the_node_unhealthy_unless_it_is_excluded()
    {
        await OkAsync("/v3/maintenance/alarm", """{"action":"ACTIVATE","memberID":"5","alarm":"CORRUPT"}""");
        using var sick = await http.GetAsync("/health");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, """{"health":"false"}"""), (sick.StatusCode, await sick.Content.ReadAsStringAsync()));
        using var excluded = await http.GetAsync("/health?exclude=CORRUPT");
        Assert.Equal(HttpStatusCode.OK, excluded.StatusCode);
        var status = await OkAsync("/v3/maintenance/status", "{}");
        Assert.Equal("memberID:5 alarm:CORRUPT ", status.GetProperty("errors")[0].GetString());
        var disarmed = await OkAsync("/v3/maintenance/alarm", """{"action":"DEACTIVATE","memberID":"5","alarm":"CORRUPT"}""");
        Assert.Equal("CORRUPT", Text(disarmed.GetProperty("alarms")[0], "alarm"));
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static HttpRequestMessage Json(string path, string body) => new(HttpMethod.Post, path) { Content = new StringContent(body) };

    private static async Task<JsonElement> ResultAsync(StreamReader lines) =>
        JsonDocument.Parse((await lines.ReadLineAsync().WaitAsync(Limit))!).RootElement.GetProperty("result");

    private async Task<long> RevisionAsync() => long.Parse(
        Text((await OkAsync("/v3/kv/range", """{"key":"AA=="}""")).GetProperty("header"), "revision"), System.Globalization.CultureInfo.InvariantCulture);

    private async Task<JsonElement> OkAsync(string path, string body)
    {
        var (status, json) = await PostAsync(path, body);
        Assert.True(status == HttpStatusCode.OK, $"{path}: {status} {json}");
        return json;
    }

    private async Task<(HttpStatusCode Status, JsonElement Json)> PostAsync(string path, string body)
    {
        using var answer = await http.SendAsync(Json(path, body));
        return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement);
    }
}
