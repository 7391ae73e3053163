namespace Quorate.Testing.Drawing;

/// <summary>
/// The kinds of notes in a record (<see cref="Quorate.Simulation.Tracing.RunRecord.Note"/>) that are drawn as more than a note.
/// </summary>
public static class DrawnNotes
{
    /// <summary>A node begins to lead; the text is the term.</summary>
    public const string Leads = "leads";

    /// <summary>A node does not lead any more.</summary>
    public const string LeadsNoMore = "leads no more";

    /// <summary>A node is in another term; the text is the term.</summary>
    public const string Term = "term";

    /// <summary>A node knows of more that is committed; the text is how much.</summary>
    public const string Commit = "commit";
}
