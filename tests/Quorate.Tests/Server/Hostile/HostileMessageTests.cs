using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Quorate.Kernel.Machines;
using Quorate.Server.Etcd;
using Quorate.Tests.Server.Etcd;
using Quorate.Tests.Server.Grpc;
using Shared.Fields;
using Shared.Hostile;

namespace Quorate.Tests.Server.Hostile;

/// <summary>Messages of every method, made wrong: each call ends, with a status that the protocol knows and never with an exception of our own code.</summary>
public sealed class HostileMessageTests(ServedNode node) : IClassFixture<ServedNode>
{
    private const int CallsOfSeed = 500;
    private const int Lanes = 8;

    // As long as etcd's requests may be, and none of the tests waits for what is silent.
    private const string Timeout = "100m";
    private const int LongestMessage = 10_000;

    // What would end the node's service for the other tests of the class.
    private static readonly string[] Spared = ["/etcdserverpb.Cluster/", "/etcdserverpb.Auth/", "/etcdserverpb.Maintenance/Alarm", "/etcdserverpb.Maintenance/MoveLeader"];

    // What the store in memory cannot do is its own word.
    private static readonly Regex Ours = new(@"\b(?!NotSupported)\w+Exception\b", RegexOptions.CultureInvariant);

    private static readonly string[] Routes =
        ["kv/put", "kv/range", "kv/txn", "kv/deleterange", "kv/compaction", "lease/grant", "lease/keepalive", "lock/unlock", "election/leader", "watch"];

    private static readonly string[] Values =
    [
        """{"key":"YQ==","value":"Yg==","lease":"7","prev_kv":true}""",
        """{"compare":[{"key":"YQ==","target":"VALUE","value":"MQ=="}],"success":[{"request_put":{"key":"YQ=="}}],"failure":[{"request_range":{"key":"YQ=="}}]}""",
        """{"revision":"-9223372036854775808","physical":true}""",
        """{"create_request":{"key":"YQ==","range_end":"AA==","filters":["NOPUT"],"watch_id":"5"}}""",
        """{"ID":"9223372036854775807","TTL":"600"}""",
    ];

    private static int Seeds => int.TryParse(Environment.GetEnvironmentVariable("QUORATE_HOSTILE_SEEDS"), out var seeds) ? seeds : 2;

    public static TheoryData<string> OddJson =>
    [
        new string('[', 200_000), "{\"key\":" + new string('[', 100_000), string.Concat(Enumerable.Repeat("{\"success\":[{\"request_txn\":", 300)),
        "{\"revision\":1e999999}", "{\"revision\":" + new string('9', 100_000) + "}", "{\"revision\":\"" + new string('9', 1000) + "\"}",
        "{\"revision\":1.5}", "{\"revision\":NaN}", "{\"key\":\"%%%\"}", "{\"key\":\"YQ\"}", "{\"key\":\"YQ=\"}", "{\"key\":\"\\ud800\"}", "{\"key\":5}",
        "{\"key\":null}", "{\"key\":\"YQ==\",\"key\":\"Yg==\"}", "{\"sort_order\":\"UP\"}", "{\"sort_order\":99}", "{\"limit\":true}",
        "\0", "null", "5", "\"x\"", "[]", "{", "}", "{}}", "{} {}", "{\"key\":\"YQ==\"", "\ufeff{}", "{\"a\\", "{\"\\u0000\":1}", "// {}",
    ];

    [Fact]
    public async Task A_call_with_a_wrong_message_ends_with_a_status()
    {
        var cases = FieldCase.All.Where(c => c.Message.Length < LongestMessage && !Spared.Any(c.Path.StartsWith)).ToArray();
        await FuzzAsync(node.Client, cases);
        Assert.Equal("0", (await node.Client.CallAsync("/etcdserverpb.KV/Put", MessageText.Read("1=\"served\""))).Status);
    }

    [Fact]
    public async Task So_it_does_where_it_could_end_the_service()
    {
        await using var endpoint = await EtcdEndpoint.StartAsync(
            new OpenAccess(new InMemoryCoordination()), new EtcdEndpointOptions { Listen = new NetworkAddress("127.0.0.1", 0) });
        using var client = new RawGrpcClient(new Uri($"http://{endpoint.Local}"));
        await FuzzAsync(client, [.. FieldCase.All.Where(c => Spared.Any(c.Path.StartsWith))]);
        Assert.Equal(0, endpoint.Gate.Bytes);
    }

    [Theory]
    [MemberData(nameof(OddJson), DisableDiscoveryEnumeration = true)]
    public async Task Odd_json_is_refused_with_words(string body)
    {
        using var http = new HttpClient { BaseAddress = node.Address, Timeout = TimeSpan.FromSeconds(20) };
        foreach (var route in Routes.Where(route => route != "watch"))
            await PostAsync(http, route, Encoding.UTF8.GetBytes(body));
    }

    [Fact]
    public async Task Wrong_json_ends_with_a_status()
    {
        using var http = new HttpClient { BaseAddress = node.Address, Timeout = TimeSpan.FromSeconds(20) };
        await Parallel.ForEachAsync(Enumerable.Range(1, Seeds * Lanes), async (seed, _) =>
        {
            var random = new Random(seed);
            for (var i = 0; i < CallsOfSeed / Lanes; i++)
            {
                var (value, other) = (Values[random.Next(Values.Length)], Values[random.Next(Values.Length)]);
                await PostAsync(http, Routes[random.Next(Routes.Length)], Mutation.Of(Encoding.UTF8.GetBytes(value), Encoding.UTF8.GetBytes(other), random));
            }
        });
    }

    private static async Task FuzzAsync(RawGrpcClient client, FieldCase[] cases) =>
        await Parallel.ForEachAsync(Enumerable.Range(1, Seeds * Lanes), async (seed, _) =>
        {
            var random = new Random(seed);
            for (var i = 0; i < CallsOfSeed / Lanes; i++)
            {
                var (call, other) = (cases[random.Next(cases.Length)], cases[random.Next(cases.Length)]);
                var message = Mutation.Of(call.Message, other.Message, random);
                var answer = await client.PostAsync(call.Path, Mutation.Framed(message, random), ("grpc-timeout", Timeout));
                var told = $"seed {seed}, call {i}: {call.Path} {Convert.ToHexString(message)}: {answer.Status} {answer.Message}";
                Assert.True(answer.Http == HttpStatusCode.OK && int.TryParse(answer.Status, out var status) && status is >= 0 and <= 16, told);
                Assert.False(Ours.IsMatch(answer.Message ?? ""), told);
            }
        });

    private static async Task PostAsync(HttpClient http, string route, byte[] body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v3/{route}") { Content = new ByteArrayContent(body) };
        request.Headers.TryAddWithoutValidation("Grpc-Timeout", Timeout);
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        var told = $"{route} {Encoding.UTF8.GetString(body, 0, Math.Min(body.Length, 200))}: {(int)answer.StatusCode} {text}";
        Assert.True(answer.StatusCode is HttpStatusCode.OK or >= HttpStatusCode.BadRequest, told);
        Assert.False(Ours.IsMatch(text), told);
    }
}
