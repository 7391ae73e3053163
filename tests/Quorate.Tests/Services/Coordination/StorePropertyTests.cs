using FsCheck;
using FsCheck.Fluent;
using Quorate.Services.Coordination;
using Quorate.Services.Coordination.Commands;
using Quorate.Services.Coordination.Store;
using static Quorate.Tests.Services.Coordination.CoordinationFixture;

namespace Quorate.Tests.Services.Coordination;

/// <summary>The store against the naive one, on wishes that shrink: a failure shows the few requests that matter.</summary>
public sealed class StorePropertyTests
{
    public enum Kind
    {
        Put,
        Delete,
        Compact,
        Grant,
        Revoke,
        Swap,
    }

    [Fact]
    public void The_store_answers_and_keeps_every_revision_as_the_naive_model_does() => Prop.ForAll<Wish[]>(wishes =>
    {
        var (store, model) = (new CoordinationStore(), new ReferenceStore());
        foreach (var (step, wish) in wishes.Index())
        {
            var (expected, command) = wish.Do(model);
            if (StoreModelTests.Shown(store.Apply(step + 1, command.ToArray())) != expected)
                return false;
        }

        return Enumerable.Range(0, (int)model.Revision + 1).All(revision => IsSame(store, model, revision));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private static bool IsSame(CoordinationStore store, ReferenceStore model, long revision)
    {
        var range = Get("", "\0") with { Revision = revision };
        var seen = RangeReader.Check(store.State, revision) is { } error
            ? error.ToString()
            : StoreModelTests.Json(RangeReader.Read(store.State, range, default));
        return seen == StoreModelTests.Shown(model.Range(range));
    }

    /// <summary>A request over three keys and three leases.</summary>
    public sealed record Wish(Kind Kind, byte Key, byte End, byte Number)
    {
        private string Name => $"k{Key % 3}";

        private long Lease => Number % 4;

        internal (string Expected, ReadOnlyMemory<byte> Command) Do(ReferenceStore model)
        {
            switch (Kind)
            {
                case Kind.Put:
                    var put = Put(Name, $"{Number}", Lease);
                    return (StoreModelTests.Shown(model.Write(put)), CommandWriter.Put(put));
                case Kind.Delete:
                    var delete = Delete(Name, End % 2 == 0 ? "" : $"k{End % 4}");
                    return (StoreModelTests.Shown(model.Write(delete)), CommandWriter.DeleteRange(delete));
                case Kind.Compact:
                    var revision = Number % (model.Revision + 2) + 1;
                    return (StoreModelTests.Shown(model.Compact(revision), model.Revision), CommandWriter.Compact(revision));
                case Kind.Grant:
                    return (StoreModelTests.Shown(model.Grant(Lease + 1, 10), model.Revision), CommandWriter.LeaseGrant(Lease + 1, 10));
                case Kind.Revoke:
                    return (StoreModelTests.Shown(model.Revoke(Lease + 1), model.Revision), CommandWriter.LeaseRevoke(Lease + 1));
                default:
                    var txn = Swap();
                    return (StoreModelTests.Shown(model.Write(txn)), CommandWriter.Txn(txn));
            }
        }

        private TxnRequest Swap() => new(
            [new Compare(CompareResult.Equal, KeyField.Version, Bytes(Name), default, End % 3, default)],
            [Put(Name, $"{Number}"), Get("k", "\0")],
            [Delete(Name)]);
    }
}
