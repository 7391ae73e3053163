using System.Globalization;
using System.Text;
using Quorate.Mutants.Edits;

namespace Quorate.Mutants.Building;

/// <summary>
/// Puts several mutants into one text of a source file: each member that a mutant changes gets the changed body beside its own, and a switch
/// says which of them runs. So one compilation holds all mutants of a project.
/// </summary>
internal static class SwitchedSource
{
    /// <summary>The type that each compilation gets, with the number of the mutant that is on.</summary>
    public const string SwitchType = "MutantSwitch";

    /// <summary>The field of <see cref="SwitchType"/>: 0 is the production code.</summary>
    public const string SwitchField = "On";

    /// <summary>The environment variable from which the switch begins.</summary>
    public const string SwitchVariable = "QUORATE_MUTANT";

    /// <summary>The source of the switch.</summary>
    public const string Switch = $$"""
        internal static class {{SwitchType}}
        {
            internal static int {{SwitchField}} = int.TryParse(System.Environment.GetEnvironmentVariable("{{SwitchVariable}}"), out var on) ? on : 0;
        }
        """;

    /// <summary>The text of a file with all of its mutants in it.</summary>
    /// <param name="file">The file's path, relative to the source tree's root.</param>
    /// <param name="source">Its text.</param>
    /// <param name="mutants">Its mutants with their numbers.</param>
    /// <exception cref="MutantException">A mutant does not fit the text, or changes more than bodies of members.</exception>
    public static string Of(string file, string source, IReadOnlyList<(int Number, Mutant Mutant)> mutants)
    {
        source = source.ReplaceLineEndings("\n");
        var (own, rest) = MemberBodies.Of(source);
        var changed = new SortedDictionary<int, List<(int Number, MemberBody Body)>>();
        foreach (var (number, mutant) in mutants)
        {
            var (bodies, mutantRest) = MemberBodies.Of(mutant.Apply(file, source));
            if (mutantRest != rest || bodies.Count != own.Count)
                throw new MutantException($"mutant {mutant.Name} changes more of {file} than bodies of members");
            var before = changed.Values.Sum(c => c.Count);
            for (var i = 0; i < own.Count; i++)
            {
                if (bodies[i].Text == own[i].Text)
                    continue;
                if (!changed.TryGetValue(i, out var others))
                    changed.Add(i, others = []);
                others.Add((number, bodies[i]));
            }

            if (changed.Values.Sum(c => c.Count) == before)
                throw new MutantException($"mutant {mutant.Name} changes nothing in {file}");
        }

        foreach (var (i, others) in changed.Reverse())
            source = source.Remove(own[i].Span.Start, own[i].Span.Length).Insert(own[i].Span.Start, Switched(own[i], others));
        return source;
    }

    private static string Switched(MemberBody own, List<(int Number, MemberBody Body)> others)
    {
        var text = new StringBuilder("{ ");
        foreach (var (number, body) in others)
            text.Append(CultureInfo.InvariantCulture, $"if (global::{SwitchType}.{SwitchField} == {number})\n{body.Statements}\nelse ");
        text.Append(own.Statements).Append(" }");
        return own.IsGetter ? $"{{ get {text} }}" : text.ToString();
    }
}
