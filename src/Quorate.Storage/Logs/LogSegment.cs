using Quorate.Kernel.Machines;

namespace Quorate.Storage.Logs;

/// <summary>One file of the log.</summary>
internal sealed record LogSegment(long Number, long Bytes, IFile File);
