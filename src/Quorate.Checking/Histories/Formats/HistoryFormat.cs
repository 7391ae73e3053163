namespace Quorate.Checking.Histories.Formats;

/// <summary>How a history is written down.</summary>
public enum HistoryFormat
{
    /// <summary>The lines that Jepsen logs, one event a line.</summary>
    JepsenLog,

    /// <summary>EDN: a list of maps, or maps one after another.</summary>
    Edn,

    /// <summary>JSON: an array of objects, or objects one after another (JSON lines).</summary>
    Json,
}
