namespace Quorate.Simulation.Disks;

/// <summary>Arrays of one page that nobody needs any more, to be used again: a disk under load would else be mostly garbage.</summary>
internal sealed class PagePool
{
    private const int IdleMax = 256;
    private readonly Stack<byte[]> idle = new();

    /// <summary>A page with anything in it.</summary>
    public byte[] Take() => idle.TryPop(out var page) ? page : GC.AllocateUninitializedArray<byte>(PageStore.PageBytes);

    /// <summary>Gives a page back; null is none.</summary>
    public void Return(byte[]? page)
    {
        if (page is { Length: PageStore.PageBytes } && idle.Count < IdleMax)
            idle.Push(page);
    }
}
