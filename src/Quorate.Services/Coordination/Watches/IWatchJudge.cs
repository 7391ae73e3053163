namespace Quorate.Services.Coordination.Watches;

/// <summary>Says whether the owner of a stream may watch a range.</summary>
internal interface IWatchJudge
{
    /// <summary>Why a new watch is refused; null where it may be.</summary>
    /// <param name="key">The key, or the first one.</param>
    /// <param name="rangeEnd">The range's end.</param>
    string? RefusalOfNew(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> rangeEnd);

    /// <summary>Why a watch that is open must end; null where it may go on.</summary>
    /// <param name="key">The key, or the first one.</param>
    /// <param name="rangeEnd">The range's end.</param>
    string? RefusalOfOpen(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> rangeEnd);

    /// <summary>Who the owner is must be found out anew.</summary>
    /// <param name="user">Where it is this user; null for every one.</param>
    void Forget(string? user);
}
