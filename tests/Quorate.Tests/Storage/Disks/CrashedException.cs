namespace Quorate.Tests.Storage.Disks;

/// <summary>The machine is gone. Not an IOException, so that no code takes it for one.</summary>
public sealed class CrashedException : Exception;
