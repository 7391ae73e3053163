using FsCheck;
using FsCheck.Fluent;
using Quorate.Simulation.Disks;

namespace Quorate.Tests.Simulation;

public sealed class PageStorePropertyTests
{
    private const int FileBytes = 5 * PageStore.PageBytes;

    [Fact]
    public void Pages_hold_what_one_long_array_of_bytes_holds() => Prop.ForAll<Change[]>(changes =>
    {
        var (store, model) = (new PageStore(), new byte[FileBytes]);
        foreach (var change in changes)
            change.Do(store, model);
        var read = new byte[FileBytes];
        store.Read(0, read);
        return read.AsSpan().SequenceEqual(model);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_page_that_is_put_back_is_as_it_was() => Prop.ForAll<Change[], Change[], byte>((before, after, number) =>
    {
        var (store, model) = (new PageStore(), new byte[FileBytes]);
        foreach (var change in before)
            change.Do(store, model);
        var page = number % (FileBytes / PageStore.PageBytes);
        var copy = store.CopyOf(page);
        foreach (var change in after)
            change.Do(store, new byte[FileBytes]);
        store.Restore(page, copy);
        var read = new byte[PageStore.PageBytes];
        store.Read(page * PageStore.PageBytes, read);
        return read.AsSpan().SequenceEqual(model.AsSpan(page * PageStore.PageBytes, PageStore.PageBytes));
    }).QuickCheckThrowOnFailure();

    /// <summary>A write of one byte's value over a stretch (zeros in two ways), or a cut of everything from a place on.</summary>
    public sealed record Change(DoNotSize<ushort> Offset, DoNotSize<ushort> Length, byte Fill, bool IsCut)
    {
        internal void Do(PageStore store, byte[] model)
        {
            var offset = Offset.Item % FileBytes;
            if (IsCut)
            {
                store.Truncate(offset, FileBytes);
                model.AsSpan(offset).Clear();
                return;
            }

            var stretch = model.AsSpan(offset, Math.Min(Length.Item % (2 * PageStore.PageBytes), FileBytes - offset));
            var fill = Fill % 4 == 0 ? (byte)0 : Fill;
            stretch.Fill(fill);
            if (Fill % 8 == 0)
                store.Clear(offset, stretch.Length);
            else
                store.Write(offset, stretch);
        }
    }
}
