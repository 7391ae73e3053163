using Quorate.Checking.Histories;
using Quorate.Checking.Histories.Formats;

namespace Quorate.Tests.Checking.Histories;

public sealed class HistoryReaderTests
{
    [Fact]
    public void A_Jepsen_log_is_read_and_lines_of_others_are_passed_over()
    {
        const string log = "INFO  jepsen.core - starting\n"
            + "INFO  jepsen.util - 0\t:invoke\t:cas\t[3 0]\nINFO  jepsen.util - :nemesis\t:info\t:start\tnil\n"
            + "INFO  jepsen.util - 1 :invoke :read nil\r\nINFO  jepsen.util - 1 :ok :read 4\r\n"
            + "INFO  jepsen.util - 0\t:info\t:cas\t:timed-out\n";
        var history = HistoryReader.Read(log, HistoryFormat.JepsenLog);
        Assert.Equal(2, history.Operations.Count);
        Assert.Equal(HistoryOutcome.Unknown, history.Operations[0].Outcome);
        Assert.Equal(HistoryOperation.Open, history.Operations[0].Completed);
        Assert.Equal(HistoryValue.List(HistoryValue.Of(3), HistoryValue.Of(0)), history.Operations[0].Input);
        Assert.Equal(HistoryValue.Of(4), history.Operations[1].Output);
        Assert.Equal(5, history.Operations[1].CompletedLine);
    }

    [Fact]
    public void The_three_outcomes_and_a_missing_end_are_told_apart_in_EDN_and_JSON()
    {
        const string edn = """
            ; a comment
            [#_{:old true} {:type :invoke, :process 0, :f :write, :value 1} #jepsen.history.Op{:type :ok, :process 0, :f :write, :value 1}
             {:type :invoke, :process 1, :f :write, :value "a\u0041\n"}
             {:type :fail, :process 1, :f :write, :value 2, :error [:not-found "x"]}
             {:type :invoke, :process 2, :f :write, :value #{1 2}} {:type :info, :process 2, :f :write, :value nil, :error :timeout}
             {:type :info, :process :nemesis, :f :start} {:type :invoke, :process 3, :f :write, :value -1.5}]
            """;
        const string json = """
            {"type":"invoke","process":0,"f":"write","value":1}
            {"type":"ok","process":0,"f":"write","value":1}
            {"type":"invoke","process":1,"f":"write","value":"aA\n"}
            {"type":"fail","process":1,"f":"write","value":2}
            {"type":"invoke","process":2,"f":"write","value":[1,2]}
            {"type":"info","process":2,"f":"write","value":null}
            {"type":"invoke","process":3,"f":"write","value":-1.5}
            """;
        foreach (var history in new[] { HistoryReader.Read(edn, HistoryFormat.Edn), HistoryReader.Read(json, HistoryFormat.Json) })
        {
            Assert.Equal(
                [HistoryOutcome.Ok, HistoryOutcome.Fail, HistoryOutcome.Unknown, HistoryOutcome.Unknown],
                history.Operations.Select(o => o.Outcome));
            Assert.Equal(
                [HistoryValue.Of(1), HistoryValue.Of("aA\n"), HistoryValue.List(HistoryValue.Of(1), HistoryValue.Of(2)),
                    HistoryValue.Of(-1.5)],
                history.Operations.Select(o => o.Input));
        }
    }

    [Theory]
    [InlineData(HistoryFormat.JepsenLog, "hello\nworld", 1, 1, "no event")]
    [InlineData(HistoryFormat.JepsenLog, "INFO  jepsen.util - 0\t:invoke", 1, 30, "ends where a function")]
    [InlineData(HistoryFormat.JepsenLog, "INFO  jepsen.util - 0\t:began\t:read\tnil", 1, 22, "began")]
    [InlineData(HistoryFormat.Edn, "[{:type :invoke :process 0 :f :read}\n {:type :ok :process 1 :f :read}]", 2, 0, "did not invoke")]
    [InlineData(HistoryFormat.Edn, "[{:type :invoke :process 0 :f :read}\n {:type :invoke :process 0 :f :a}]", 2, 0, "while an operation")]
    [InlineData(HistoryFormat.Edn, "{:type :invoke :process 0\n :f }", 1, 1, "a value for each key")]
    [InlineData(HistoryFormat.Edn, "[{:type :invoke", 1, 2, "text ends before the '}'")]
    [InlineData(HistoryFormat.Edn, "[\n  {:type :maybe :process 0 :f :read}]", 2, 3, "'maybe'")]
    [InlineData(HistoryFormat.Edn, "[] x", 1, 4, "after the list")]
    [InlineData(HistoryFormat.Edn, "[{:a \"\\q\"}]", 1, 7, "no escape")]
    [InlineData(HistoryFormat.Edn, "7", 1, 1, "must be a map")]
    [InlineData(HistoryFormat.Json, "[{\"type\":\"info\",\"process\":0,\"f\":\"a\"},\n{\"type\":\"invoke\",\n\"f\":\"read\"}]", 2, 1, "no process")]
    [InlineData(HistoryFormat.Json, "[{\"type\" \"invoke\"}]", 1, 10, "':' should be")]
    [InlineData(HistoryFormat.Json, "[{\"type\":12e999}]", 1, 10, "not a number")]
    [InlineData(HistoryFormat.Json, "[{\"type\":\"invoke\",\"process\":0,\"f\":\"a\"}", 1, 39, "',' or ']'")]
    [InlineData(HistoryFormat.Json, "\n\n  nope", 3, 3, "where a value")]
    public void A_broken_text_is_refused_with_line_and_column(HistoryFormat format, string text, int line, int column, string part)
    {
        var error = Assert.Throws<HistoryFormatException>(() => HistoryReader.Read(text, format));
        Assert.Contains(part, error.Message);
        Assert.Equal((line, column), (error.Line, error.Column));
    }

    [Fact]
    public void Depth_events_and_size_are_bounded()
    {
        var deep = new string('[', 100_000);
        Assert.Contains("deeper", Refused($"[{{:a {deep}", HistoryFormat.Edn));
        Assert.Contains("deeper", Refused($"[{{:a {string.Concat(Enumerable.Repeat("#_", 100_000))}", HistoryFormat.Edn));
        Assert.Contains("deeper", Refused($"[{{:a {string.Concat(Enumerable.Repeat("#t ", 100_000))}", HistoryFormat.Edn));
        Assert.Contains("deeper", Refused($"[{{\"a\":{deep}", HistoryFormat.Json));
        Assert.Contains("deeper", Refused($"INFO jepsen.util - 0 :invoke :read {deep}", HistoryFormat.JepsenLog));
        const string one = "{:type :invoke :process 0 :f :a}{:type :ok :process 0 :f :a}";
        Assert.Contains("more than 1 events", Refused(one, HistoryFormat.Edn, new HistoryLimits { EventsMax = 1 }));
        Assert.Contains("more than the bound", Refused(one, HistoryFormat.Edn, new HistoryLimits { CharactersMax = 10 }));
    }

    [Theory]
    [InlineData("a.edn", "{\"type\"", HistoryFormat.Edn)]
    [InlineData("a.json", "", HistoryFormat.Json)]
    [InlineData("a.log", "", HistoryFormat.JepsenLog)]
    [InlineData("a.txt", "  {\"type\": 1}", HistoryFormat.Json)]
    [InlineData("a.txt", "[ {\"type\": 1}", HistoryFormat.Json)]
    [InlineData("a.txt", "{:process 0", HistoryFormat.Edn)]
    [InlineData("a.txt", "({:process 0", HistoryFormat.Edn)]
    [InlineData("a.txt", "; hello", HistoryFormat.Edn)]
    [InlineData("a", "INFO  jepsen.util - 0", HistoryFormat.JepsenLog)]
    public void The_format_is_told_from_name_and_content(string name, string text, HistoryFormat expected) =>
        Assert.Equal(expected, HistoryReader.Detect(name, text));

    [Fact]
    public void Broken_histories_are_refused_or_read_but_never_crash_a_reader()
    {
        string[] seeds =
        [
            "INFO  jepsen.util - 0\t:invoke\t:cas\t[3 0]\nINFO  jepsen.util - 0\t:ok\t:cas\t[3 0]\n",
            "[{:type :invoke, :process 0, :f :read, :value \"a\\n\"} #_x {:type :ok :process 0 :f :read :value #{1 -2.5e3 \\a nil}}]",
            "[{\"type\":\"invoke\",\"process\":0,\"f\":\"read\",\"value\":[1,{\"a\":\"\\u0041\"}]},"
                + "{\"type\":\"ok\",\"process\":0,\"f\":\"read\"}]",
        ];
        var random = new Random(11);
        const string alphabet = "{}[]()\"\\:#_,;-+eE.0 19\nantfulr\u0001\uD800";
        var (read, refused) = (0, 0);
        for (var i = 0; i < 30_000; i++)
        {
            var text = new System.Text.StringBuilder(seeds[i % 3]);
            for (var edits = random.Next(1, 4); edits > 0; edits--)
                Mutate(text, random, alphabet);
            try
            {
                HistoryReader.Read(text.ToString(), (HistoryFormat)(i % 3));
                read++;
            }
            catch (HistoryFormatException)
            {
                refused++;
            }
        }
        Assert.True(read > 1000 && refused > 1000, $"read {read}, refused {refused}");
    }

    private static void Mutate(System.Text.StringBuilder text, Random random, string alphabet)
    {
        var place = random.Next(text.Length);
        switch (random.Next(4))
        {
            case 0:
                text.Remove(place, Math.Min(text.Length - place, random.Next(1, 20)));
                text.Append(' ');
                break;
            case 1:
                text.Insert(place, alphabet[random.Next(alphabet.Length)]);
                break;
            case 2:
                text.Length = Math.Max(1, place);
                break;
            default:
                text[place] = alphabet[random.Next(alphabet.Length)];
                break;
        }
    }

    private static string Refused(string text, HistoryFormat format, HistoryLimits? limits = null) =>
        Assert.Throws<HistoryFormatException>(() => HistoryReader.Read(text, format, limits)).Message;
}
