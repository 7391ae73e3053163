using System.Buffers;
using Quorate.Server.Grpc;
using Shared.Fields;
using Wire = Quorate.Client.Wire;

namespace Quorate.Tests.Server.Grpc;

/// <summary>What etcd's parser refuses is refused in its words, also where ours would pass it over. Beside etcd itself: Quorate.Interop, Fields.</summary>
public sealed class MessageShapeTests
{
    [Theory]
    [InlineData("1=\"a\" 2=\"b\" 3=5")]
    [InlineData("1=\"a\" 99=5 100=\"unknown\" #9b069c06")]
    [InlineData("")]
    public void What_etcd_takes_is_taken(string message) => Check<Wire.PutRequest>(message);

    [Theory]
    [InlineData("1=5", "proto: wrong wireType = 0 for field Key")]
    [InlineData("3=\"x\"", "proto: wrong wireType = 2 for field Lease")]
    [InlineData("#0c", "proto: PutRequest: wiretype end group for non-group")]
    [InlineData("#00", "proto: PutRequest: illegal tag 0 (wire type 0)")]
    [InlineData("#0a0561", "unexpected EOF")]
    [InlineData("#0affffffffffffffffff01", "proto: negative length found during unmarshaling")]
    [InlineData("#ffffffffffffffffffff01", "proto: integer overflow")]
    [InlineData("1=\"a\" #9f06", "proto: illegal wireType 7")]
    public void What_it_refuses_is_refused_in_its_words(string message, string error) =>
        Assert.Equal(error, Assert.Throws<MalformedMessageException>(() => Check<Wire.PutRequest>(message)).Message);

    [Fact]
    public void Messages_within_messages_are_looked_at_too()
    {
        var error = Assert.Throws<MalformedMessageException>(() => Check<Wire.TxnRequest>("2={4={2={2={1=5}}}}"));
        Assert.Equal("proto: wrong wireType = 0 for field Key", error.Message);
    }

    [Fact]
    public void Packed_numbers_are_taken_whole()
    {
        Check<Wire.WatchRequest>("1={5=\"\\00\\01\"}");
        Assert.Throws<MalformedMessageException>(() => Check<Wire.WatchRequest>("1={5=\"\\ff\"}"));
    }

    [Fact]
    public void A_name_is_text()
    {
        var error = Assert.Throws<MalformedMessageException>(() => Check<Wire.AuthUserAddRequest>("1=\"\\ff\""));
        Assert.Equal("proto: field Name contains invalid UTF-8", error.Message);
    }

    // A stack that went as deep as a request is long would end the process.
    [Theory]
    [InlineData(2, 3)]
    [InlineData(99, 3)]
    [InlineData(100_000, 3)]
    public void Groups_within_groups_are_followed_so_far(int depth, int kind)
    {
        var tag = (byte)((15 << 3) | kind);
        byte[] message = [.. Enumerable.Repeat(tag, depth), .. Enumerable.Repeat((byte)(tag + 1), depth)];
        if (depth < 100)
            MessageShape<Wire.PutRequest>.Value.Check(new ReadOnlySequence<byte>(message));
        else
            Assert.Throws<MalformedMessageException>(() => MessageShape<Wire.PutRequest>.Value.Check(new ReadOnlySequence<byte>(message)));
    }

    private static void Check<T>(string message)
        where T : class, Google.Protobuf.IMessage<T> => MessageShape<T>.Value.Check(new ReadOnlySequence<byte>(MessageText.Read(message)));
}
