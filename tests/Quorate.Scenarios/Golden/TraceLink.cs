using System.Globalization;
using Quorate.Kernel.Identity;

namespace Quorate.Scenarios.Golden;

/// <summary>Links, written as n1-&gt;n2; a star stands for every server.</summary>
internal readonly record struct TraceLink(NodeId From, NodeId To)
{
    public static TraceLink Parse(string text)
    {
        var ends = text.Split("->");
        if (ends.Length != 2)
            throw new FormatException($"'{text}' is no link such as n1->n2.");
        return new TraceLink(End(ends[0]), End(ends[1]));
    }

    public static NodeId Node(string text)
    {
        var isNode = ulong.TryParse(text.AsSpan(Math.Min(1, text.Length)), NumberStyles.None, CultureInfo.InvariantCulture, out var id);
        if (!isNode || id == 0 || text[0] != 'n')
            throw new FormatException($"'{text}' is no server such as n1.");
        return new NodeId(id);
    }

    public bool Matches(NodeId from, NodeId to) => (From.IsNone || From == from) && (To.IsNone || To == to);

    private static NodeId End(string text) => text == "*" ? NodeId.None : Node(text);
}
