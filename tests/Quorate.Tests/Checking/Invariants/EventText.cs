using System.Text;
using Quorate.Checking.Histories;
using Quorate.Checking.Histories.Formats;

namespace Quorate.Tests.Checking.Invariants;

/// <summary>Histories in short hand, events parted by <c>;</c>: <c>i0 add 1 ; o0 add 1</c>. i invokes, o is ok, f failed, u is unknown.</summary>
internal static class EventText
{
    public static History Read(string text)
    {
        var edn = new StringBuilder();
        foreach (var e in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var words = e.Split(' ', 3);
            var type = words[0][0] switch { 'i' => "invoke", 'o' => "ok", 'f' => "fail", _ => "info" };
            var (function, key) = words[1].Split('/') is [var f, var k] ? (f, $" :key {k}") : (words[1], "");
            edn.Append($"{{:type :{type} :process {words[0][1..]} :f :{function}{key} :value {(words.Length > 2 ? words[2] : "nil")}}}\n");
        }
        return HistoryReader.Read(edn.ToString(), HistoryFormat.Edn);
    }

    /// <summary>Operations that each end at once, without the marks: <c>0 add 1 ; 0 read -> [1]</c>.</summary>
    public static History Sequential(string text) => Read(string.Join(" ; ", text.Split(';', StringSplitOptions.TrimEntries).Select(o =>
    {
        var words = o.Split(' ', 3);
        var values = words.Length > 2 ? words[2].Split("->", StringSplitOptions.TrimEntries) : ["nil"];
        var mark = words[1][^1] switch { '!' => "f", '?' => "u", _ => "o" };
        var function = words[1].TrimEnd('!', '?');
        return $"i{words[0]} {function} {(values[0].Length > 0 ? values[0] : "nil")} ; {mark}{words[0]} {function} {values[^1]}";
    })));
}
