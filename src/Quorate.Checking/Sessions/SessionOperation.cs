using Quorate.Checking.Histories;

namespace Quorate.Checking.Sessions;

/// <summary>A read or a write of a session.</summary>
/// <param name="Operation">What the history says.</param>
/// <param name="Session">The number of the session.</param>
/// <param name="Place">Its place in the session.</param>
/// <param name="IsWrite">Whether it writes.</param>
/// <param name="Key">The number of the key.</param>
/// <param name="Value">What was written or read.</param>
/// <param name="Source">For a read the operation that wrote what it saw.</param>
internal readonly record struct SessionOperation(
    HistoryOperation Operation, int Session, int Place, bool IsWrite, int Key, HistoryValue Value, int Source);
