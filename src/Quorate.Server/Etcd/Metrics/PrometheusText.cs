using System.Globalization;
using System.Text;

namespace Quorate.Server.Etcd.Metrics;

/// <summary>Writes figures in Prometheus' text format. Source: prometheus.io, "Exposition formats", version 0.0.4.</summary>
internal sealed class PrometheusText
{
    /// <summary>The content type of the format.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder text = new(8 << 10);

    /// <summary>Writes a figure that goes up and down.</summary>
    public void Gauge(string name, string help, double value, params (string Name, string Value)[] labels)
    {
        Begin(name, help, "gauge");
        Sample(name, value, labels);
    }

    /// <summary>Writes a figure that only goes up.</summary>
    public void Counter(string name, string help, double value)
    {
        Begin(name, help, "counter");
        Sample(name, value);
    }

    /// <summary>Begins a figure with several samples.</summary>
    public void Begin(string name, string help, string type) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

    /// <summary>Writes one sample. Values of labels are our own names: none needs an escape.</summary>
    public void Sample(string name, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        text.Append(name);
        for (var i = 0; i < labels.Length; i++)
            text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"").Append(labels[i].Value).Append('"');
        if (labels.Length > 0)
            text.Append('}');
        text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    /// <inheritdoc/>
    public override string ToString() => text.ToString();
}
