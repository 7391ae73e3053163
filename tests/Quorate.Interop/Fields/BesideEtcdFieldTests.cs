using System.Text;
using Quorate.Interop.Clients;
using Quorate.Interop.Etcd;
using Shared.Fields;

namespace Quorate.Interop.Fields;

/// <summary>
/// Every field at its edges, as raw bytes, to etcd itself and to us: status, text and body must be the same. Where they are known to differ
/// they must differ: a difference that is gone is to be taken out of the table, and out of docs/compatibility-etcd.md.
/// </summary>
public sealed class BesideEtcdFieldTests(UpCluster ours, EtcdServer etcd) : IClassFixture<UpCluster>, IClassFixture<EtcdServer>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Every_field_is_answered_as_etcd_answers()
    {
        Assert.SkipUnless(EtcdServer.IsInstalled, EtcdServer.Missing);
        using var theirs = new GrpcClient($"http://{etcd.Address}", Patience);
        using var mine = new GrpcClient($"http://{await Leader.OfAsync(ours.Nodes)}", Patience);
        var different = new List<string>();
        foreach (var call in FieldCase.All)
        {
            var (their, my) = (await AnswerAsync(theirs, call), await AnswerAsync(mine, call));
            if (their == my == call.Differs)
                different.Add($"{call.Line}\n  etcd: {their}\n  ours: {my}");
        }

        Assert.True(different.Count == 0, string.Join('\n', different));
        Assert.Equal("0", (await mine.PostAsync("/etcdserverpb.KV/Range", GrpcClient.Frame(MessageText.Read("1=\"a\"")))).Status);
    }

    private static async Task<string> AnswerAsync(GrpcClient client, FieldCase call)
    {
        try
        {
            var (status, message, body) = await client.PostAsync(call.Path, GrpcClient.Frame(call.Message), oneAnswer: call.IsStream);
            return $"{status} {message} {(call.IsOwn ? "" : Shown(body))}".TrimEnd();
        }
        catch (Exception e) when (GrpcClient.IsFailure(e))
        {
            return $"{e.GetType().Name}: {e.Message}";
        }
    }

    // The header is the first field of every answer; what is in it besides the revision is the server's own.
    private static string Shown(byte[] body)
    {
        if (body.Length < 5)
            return "";
        var message = body[5..];
        if (Protobuf.Field(message, 1) is not { } header || message[0] != 0x0A)
            return Text(message);
        return $"revision {Protobuf.Number(header, 3)} {Text(message[(2 + header.Length)..])}";
    }

    private static string Text(byte[] bytes)
    {
        var text = new StringBuilder();
        foreach (var b in bytes)
            text.Append(b is > 32 and < 127 ? $"{(char)b}" : $"\\{b:x2}");
        return text.Replace(new string('x', 1000), "x…").ToString();
    }
}
