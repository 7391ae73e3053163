using System.Security.Cryptography;
using Google.Protobuf;
using Wire = Quorate.Client.Wire;

namespace Quorate.Tests.Server.Etcd;

public sealed class MaintenanceEndpointTests(ServedNode node) : IClassFixture<ServedNode>
{
    private const string Service = "/etcdserverpb.Maintenance/";

    [Fact]
    public async Task A_snapshot_comes_in_pieces_that_count_down_and_ends_with_its_checksum()
    {
        for (var i = 0; i < 20; i++)
        {
            var put = new Wire.PutRequest { Key = ByteString.CopyFromUtf8($"snap/{i}"), Value = ByteString.CopyFrom(new byte[10_000]) };
            await node.DoAsync("/etcdserverpb.KV/Put", put, Wire.PutResponse.Parser);
        }

        using var stream = await node.Client.OpenAsync(Service + "Snapshot");
        await stream.SendAsync([]);
        await stream.CompleteAsync();
        var pieces = new List<Wire.SnapshotResponse>();
        while (await stream.ReadAsync() is { } message)
            pieces.Add(Wire.SnapshotResponse.Parser.ParseFrom(message));
        Assert.Equal("0", stream.Status);
        Assert.True(pieces.Count > 5);
        var content = pieces.SkipLast(1).SelectMany(piece => piece.Blob).ToArray();
        Assert.Equal(SHA256.HashData(content), pieces[^1].Blob.ToByteArray());
        Assert.Equal(0, content.Length % 512);
        var left = (ulong)content.Length;
        foreach (var piece in pieces.SkipLast(1))
        {
            left -= (ulong)piece.Blob.Length;
            Assert.Equal(left, piece.RemainingBytes);
            Assert.InRange(piece.Blob.Length, 1, 32 << 10);
        }

        Assert.Equal((0ul, 0ul), (left, pieces[^1].RemainingBytes));
    }

    [Fact]
    public async Task Hashes_and_defragmentation_are_answered_and_later_methods_are_not_known()
    {
        var hash = await node.DoAsync(Service + "HashKV", new Wire.HashKVRequest(), Wire.HashKVResponse.Parser);
        Assert.Equal(
            hash.Hash,
            (await node.DoAsync(Service + "HashKV", new Wire.HashKVRequest { Revision = hash.Header.Revision }, Wire.HashKVResponse.Parser)).Hash);
        Assert.Equal(-1, hash.CompactRevision);
        Assert.NotEqual(0u, (await node.DoAsync(Service + "Hash", new Wire.EmptyRequest(), Wire.HashResponse.Parser)).Hash);
        Assert.Null((await node.DoAsync(Service + "Defragment", new Wire.EmptyRequest(), Wire.HeaderResponse.Parser)).Header);
        Assert.Equal(
            ("11", "etcdserver: mvcc: required revision is a future revision"),
            await node.FailAsync(Service + "HashKV", new Wire.HashKVRequest { Revision = 99_999_999 }));
        Assert.Equal(
            ("12", "unknown method Downgrade for service etcdserverpb.Maintenance"),
            await node.FailAsync(Service + "Downgrade", new Wire.EmptyRequest()));
    }
}
