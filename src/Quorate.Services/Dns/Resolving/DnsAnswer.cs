using Quorate.Services.Dns.Wire;

namespace Quorate.Services.Dns.Resolving;

/// <summary>What came of a question.</summary>
/// <param name="Code"><see cref="ResponseCode.NoError"/> or <see cref="ResponseCode.NameError"/>.</param>
/// <param name="Records">The records of the asked type, behind the aliases on the way to them; empty where there are none.</param>
/// <param name="Additionals">What the server sent beside.</param>
/// <param name="IsStale">Whether this is older than it should be: kept for longer than it may be, or said to be so by the server.</param>
public sealed record DnsAnswer(
    ResponseCode Code, IReadOnlyList<DnsRecord> Records, IReadOnlyList<DnsRecord> Additionals, bool IsStale = false);

/// <summary>No server gave an answer that could be used.</summary>
/// <param name="message">What each said, for people.</param>
public sealed class DnsUnansweredException(string message) : Exception(message);
