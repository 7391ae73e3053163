using Quorate.Kernel.Machines;

namespace Quorate.Hosting.Nodes;

/// <summary>One node of a cluster, as every node of it must name it.</summary>
/// <param name="Name">Its name, from which its identity comes; it never changes.</param>
/// <param name="Address">Where the other nodes reach it.</param>
/// <param name="ClientAddress">Where clients reach it, or null where that is not known.</param>
public sealed record NodeMember(string Name, NetworkAddress Address, NetworkAddress? ClientAddress = null)
{
    /// <summary>Parses <c>NAME=HOST:PORT</c>, or <c>HOST:PORT</c>, whose name is then the address itself.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">The text is neither.</exception>
    public static NodeMember Parse(string text)
    {
        var equals = text.IndexOf('=');
        if (equals < 0)
            return new NodeMember(text, NetworkAddress.Parse(text));
        if (equals == 0)
            throw new FormatException($"'{text}' names no node: expected NAME=HOST:PORT, such as n1=127.0.0.1:7000.");
        return new NodeMember(text[..equals], NetworkAddress.Parse(text[(equals + 1)..]));
    }
}
