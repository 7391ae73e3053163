namespace Quorate.Server.Grpc;

/// <summary>The bytes of a message are no such message.</summary>
/// <param name="message">What is wrong, in etcd's words.</param>
internal sealed class MalformedMessageException(string message) : Exception(message);
