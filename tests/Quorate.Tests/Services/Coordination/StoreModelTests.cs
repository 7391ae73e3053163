using System.Text.Json;
using Quorate.Services.Coordination;
using Quorate.Services.Coordination.Commands;
using Quorate.Services.Coordination.Store;

namespace Quorate.Tests.Services.Coordination;

public sealed class StoreModelTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task The_store_answers_as_the_naive_model_does(int seed)
    {
        var requests = new RandomRequests(seed);
        var model = new ReferenceStore();
        var store = new CoordinationStore();
        var replica = new CoordinationStore();
        for (var step = 1; step <= 3_000; step++)
        {
            var command = Step(requests, model, out var expected);
            var reply = store.Apply(step, command);
            Assert.Equal(expected, Shown(reply));
            Assert.Equal(reply, replica.Apply(step, command));
            Read(requests, model, store);
            if (step % 250 != 0)
                continue;
            Assert.Equal(store.Hash(), replica.Hash());
            // From here on one replica runs on a restored snapshot.
            replica = await Snapshots.CopyAsync(store);
            Assert.Equal(store.Hash(), replica.Hash());
            Assert.Equal((store.Revision, store.CompactRevision), (replica.Revision, replica.CompactRevision));
        }
    }

    internal static ReadOnlyMemory<byte> Step(RandomRequests requests, ReferenceStore model, out string expected)
    {
        var random = requests.Random;
        switch (random.Next(20))
        {
            case 0:
                var (grantId, ttl) = (random.Next(1, 6), random.Next(1, 100));
                expected = Shown(model.Grant(grantId, ttl), model.Revision);
                return CommandWriter.LeaseGrant(grantId, ttl);
            case 1:
                var revokeId = random.Next(1, 6);
                expected = Shown(model.Revoke(revokeId), model.Revision);
                return CommandWriter.LeaseRevoke(revokeId);
            case 2 when random.Next(4) == 0:
                var revision = random.NextInt64(Math.Max(model.CompactRevision - 2, 1), model.Revision + 2);
                expected = Shown(model.Compact(revision), model.Revision);
                return CommandWriter.Compact(revision);
            case < 6:
                var delete = requests.Delete();
                expected = Shown(model.Write(delete));
                return CommandWriter.DeleteRange(delete);
            case < 12:
                var txn = requests.Txn(model.Revision);
                expected = Shown(model.Write(txn));
                return CommandWriter.Txn(txn);
            default:
                var put = requests.Put();
                expected = Shown(model.Write(put));
                return CommandWriter.Put(put);
        }
    }

    private static void Read(RandomRequests requests, ReferenceStore model, CoordinationStore store)
    {
        var range = requests.Range(model.Revision);
        var expected = Shown(model.Range(range));
        var error = RangeReader.Check(store.State, range.Revision);
        Assert.Equal(expected, error is { } e ? e.ToString() : Json(RangeReader.Read(store.State, range, default)));
    }

    internal static string Shown(CoordinationError? error, long revision) => error?.ToString() ?? $"at {revision}";

    internal static string Shown<T>((CoordinationError? Error, T? Response) outcome)
        where T : OperationResponse => outcome.Error?.ToString() ?? Json(outcome.Response!);

    internal static string Shown(byte[] reply)
    {
        try
        {
            var reader = ReplyReader.Open(reply);
            var revision = reader.ReadVarInt();
            return reply.Length < 12 && IsAtEnd(reader) ? $"at {revision}" : Json(ReplyReader.Operation(ref reader, default));
        }
        catch (CoordinationException e)
        {
            return e.Error.ToString();
        }
    }

    private static bool IsAtEnd(SliceReader reader)
    {
        try
        {
            reader.ExpectEnd();
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    // Lists of an abstract type would show only what that type has, so nested results are shown one by one.
    internal static string Json(OperationResponse response) => response is TxnResponse txn
        ? $"{txn.Header} {txn.Succeeded} [{string.Join(", ", txn.Responses.Select(Json))}]"
        : response.GetType().Name + JsonSerializer.Serialize<object>(response);
}
