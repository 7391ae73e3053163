using Quorate.Mutants.Building;
using Quorate.Mutants.Edits;

namespace Quorate.Scenarios.Mutants;

public sealed class SwitchedSourceTests
{
    private const string File = "src/A/b.cs";
    private const string Source = """
        class A
        {
            private readonly int field = 1;
            public int Sum => field + 1;
            public A() { field = 2; }
            public void Say(int count) { if (count > 1) Console.WriteLine(count); }
            public async Task WaitAsync() => await Task.Delay(10);
            public int Twice(int count) => count * 2;
        }
        """;

    [Theory]
    [InlineData("field + 1", "field - 1", "public int Sum { get { if (global::MutantSwitch.On == 4)\n{ return field - 1; }\nelse { return field + 1; } } }")]
    [InlineData("field = 2", "field = 3", "public A() { if (global::MutantSwitch.On == 4)\n{ field = 3; }\nelse { field = 2; } }")]
    [InlineData(
        "count > 1", "count > 0",
        "{ if (global::MutantSwitch.On == 4)\n{ if (count > 0) Console.WriteLine(count); }\nelse { if (count > 1) Console.WriteLine(count); } }")]
    [InlineData("(10)", "(11)", "WaitAsync() { if (global::MutantSwitch.On == 4)\n{ await Task.Delay(11); }\nelse { await Task.Delay(10); } }")]
    [InlineData("count * 2", "count", "Twice(int count) { if (global::MutantSwitch.On == 4)\n{ return count; }\nelse { return count * 2; } }")]
    public void A_changed_body_stands_beside_its_own_behind_a_switch(string from, string to, string switched) =>
        Assert.Contains(switched, SwitchedSource.Of(File, Source, [(4, Edit(from, to))]));

    [Fact]
    public void Two_mutants_of_one_member_have_a_branch_each()
    {
        var text = SwitchedSource.Of(File, Source, [(1, Edit("count * 2", "count")), (2, Edit("count * 2", "3"))]);
        Assert.Contains(
            "{ if (global::MutantSwitch.On == 1)\n{ return count; }\nelse if (global::MutantSwitch.On == 2)\n{ return 3; }\nelse { return count * 2; } }", text);
    }

    [Theory]
    [InlineData("not there", "x", "fits no place")]
    [InlineData("int count", "long count", "fits several places")]
    [InlineData("private readonly int field", "private int field", "changes more of src/A/b.cs than bodies of members")]
    [InlineData("count * 2", "count * 2", "changes nothing")]
    public void An_edit_that_cannot_be_switched_is_refused(string from, string to, string why)
    {
        var refusal = Assert.Throws<MutantException>(() => SwitchedSource.Of(File, Source, [(1, Edit(from, to))]));
        Assert.Contains(why, refusal.Message);
    }

    [Theory]
    [InlineData("title: a\nscenario: b\nseeds: 1..5\n", "edits files of one project, not of 0")]
    [InlineData("title: a\nscenario: b\nseeds: 5..1\nfile: src/A/b.cs\n<<<<<<<\nx\n=======\ny\n>>>>>>>\n", "no range of seeds")]
    [InlineData("title: a\nseeds: 1..5\nfile: src/A/b.cs\n<<<<<<<\nx\n=======\ny\n>>>>>>>\n", "there is no 'scenario:'")]
    [InlineData("title: a\nfile: src/A/b.cs\n<<<<<<<\nx\n=======\ny\n", "no >>>>>>> follows")]
    [InlineData("what\n", "line 1")]
    public void A_file_that_is_no_mutant_is_refused(string text, string why) =>
        Assert.Contains(why, Assert.Throws<FormatException>(() => Mutant.Parse("A/x.mutant", text)).Message);

    private static Mutant Edit(string from, string to) => new("m", "A", "t", "s", new SeedRange(1, 1), "A", [new MutantEdit(File, from, to)]);
}
