using Quorate.Hosting.Nodes;
using Quorate.Kernel.Machines;

namespace Quorate.Cli.Nodes;

/// <summary>Members and addresses as flags say them.</summary>
internal static class MemberFlag
{
    /// <summary>Reads members: <c>n1=H:P,n2=H:P</c>.</summary>
    /// <param name="flag">The flag, for the error.</param>
    /// <param name="text">Its value.</param>
    /// <exception cref="UsageException">It cannot be understood.</exception>
    public static IReadOnlyList<NodeMember> Read(string flag, string text) =>
        [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(part => Member(flag, part))];

    /// <summary>Reads an address.</summary>
    /// <param name="flag">The flag, for the error.</param>
    /// <param name="text">Its value.</param>
    /// <exception cref="UsageException">It is none.</exception>
    public static NetworkAddress Address(string flag, string text) =>
        NetworkAddress.TryParse(text, out var address)
            ? address
            : throw new UsageException($"{flag}: '{text}' is not an address: expected HOST:PORT, such as 127.0.0.1:7000.");

    private static NodeMember Member(string flag, string text) => text.Contains('=')
        ? new NodeMember(text[..text.IndexOf('=')], Address(flag, text[(text.IndexOf('=') + 1)..]))
        : throw new UsageException($"{flag}: '{text}' must be NAME=HOST:PORT, such as n1=127.0.0.1:7000.");
}
