using Quorate.Server.Etcd.Translation;
using Quorate.Client.Grpc;
using Quorate.Services.Coordination;

namespace Quorate.Tests.Server.Etcd;

/// <summary>The table of etcd 3.4, etcdserver/api/v3rpc/rpctypes/error.go.</summary>
public sealed class EtcdErrorsTests
{
    [Theory]
    [InlineData(CoordinationError.EmptyKey, 3, "etcdserver: key is not provided")]
    [InlineData(CoordinationError.ValueProvided, 3, "etcdserver: value is provided")]
    [InlineData(CoordinationError.LeaseProvided, 3, "etcdserver: lease is provided")]
    [InlineData(CoordinationError.KeyNotFound, 3, "etcdserver: key not found")]
    [InlineData(CoordinationError.TooManyOperations, 3, "etcdserver: too many operations in txn request")]
    [InlineData(CoordinationError.DuplicateKey, 3, "etcdserver: duplicate key given in txn request")]
    [InlineData(CoordinationError.Compacted, 11, "etcdserver: mvcc: required revision has been compacted")]
    [InlineData(CoordinationError.FutureRevision, 11, "etcdserver: mvcc: required revision is a future revision")]
    [InlineData(CoordinationError.LeaseNotFound, 5, "etcdserver: requested lease not found")]
    [InlineData(CoordinationError.LeaseExists, 9, "etcdserver: lease already exists")]
    [InlineData(CoordinationError.LeaseTtlTooLarge, 11, "etcdserver: too large lease TTL")]
    [InlineData(CoordinationError.RequestTooLarge, 3, "etcdserver: request is too large")]
    [InlineData(CoordinationError.TooManyRequests, 8, "etcdserver: too many requests")]
    [InlineData(CoordinationError.NoLeader, 14, "etcdserver: no leader")]
    [InlineData(CoordinationError.Timeout, 14, "etcdserver: request timed out")]
    [InlineData(CoordinationError.Stopped, 14, "etcdserver: server stopped")]
    [InlineData(CoordinationError.NoSpace, 8, "etcdserver: mvcc: database space exceeded")]
    [InlineData(CoordinationError.InvalidArgument, 3, "etcdserver: detail")]
    [InlineData(CoordinationError.Internal, 2, "etcdserver: detail")]
    [InlineData(CoordinationError.Corrupt, 15, "etcdserver: corrupt cluster")]
    [InlineData(CoordinationError.NotLeader, 9, "etcdserver: not leader")]
    [InlineData(CoordinationError.BadLeaderTransferee, 9, "etcdserver: bad leader transferee")]
    [InlineData(CoordinationError.LeaderTransferTimeout, 2, "etcdserver: request timed out, leader transfer took too long")]
    public void An_error_has_etcds_code_and_text(CoordinationError error, int code, string text)
    {
        var status = EtcdErrors.Translate(new CoordinationException(error, "detail"));
        Assert.NotNull(status);
        Assert.Equal((GrpcCode)code, status.Code);
        Assert.Equal(text, status.Message);
    }

    [Fact]
    public void Every_error_of_the_service_has_a_row()
    {
        CoordinationError[] without =
        [
            CoordinationError.Internal, CoordinationError.InvalidArgument, CoordinationError.LeaderTransferTimeout, CoordinationError.NoPasswordUser,
        ];
        var known = Enum.GetValues<CoordinationError>().Except(without);
        Assert.All(known, error => Assert.NotEqual(GrpcCode.Unknown, EtcdErrors.Of(error).Code));
    }

    [Fact]
    public void A_text_that_begins_as_etcds_is_not_given_the_beginning_twice() => Assert.Equal(
        "etcdserver: invalid argument: sort order 9",
        EtcdErrors.Of(CoordinationError.InvalidArgument, "etcdserver: invalid argument: sort order 9").Message);

    [Fact]
    public void An_exception_of_another_kind_is_not_taken_for_an_error_of_the_service() =>
        Assert.Null(EtcdErrors.Translate(new InvalidOperationException()));
}
