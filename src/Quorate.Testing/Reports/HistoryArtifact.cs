using Quorate.Checking.Histories.Formats;

namespace Quorate.Testing.Reports;

/// <summary>The history as JSON lines, which <c>quorate check</c> reads.</summary>
public sealed class HistoryArtifact : IFailureArtifact
{
    /// <inheritdoc/>
    public string Name => "history";

    /// <inheritdoc/>
    public string Extension => ".history.jsonl";

    /// <inheritdoc/>
    public void Write(FailedRun run, TextWriter output) => HistoryWriter.WriteJsonLines(run.History, output);
}
