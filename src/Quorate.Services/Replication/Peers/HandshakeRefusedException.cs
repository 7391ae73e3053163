namespace Quorate.Services.Replication.Peers;

/// <summary>The other end did not want the connection.</summary>
internal sealed class HandshakeRefusedException(string reason) : IOException(reason);
