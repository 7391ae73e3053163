using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Quorate.Services.Coordination.Authentication;

namespace Quorate.Cli.Nodes;

/// <summary>The audit log as a file: one JSON object a line.</summary>
/// <remarks>
/// Guarantee: lines are in the order of what they tell; a clean stop writes what waits. Cost: the node waits for nothing; lines are written within
/// moments.
/// Bounded: at <see cref="FileBytesMax"/> the file is renamed to <c>FILE.1</c>, in place of the one before, and begins anew; of
/// <see cref="WaitingMax"/> lines that wait for the disk the next ones are left out, and a line says how many.
/// Fails when: the disk refuses: the lines are lost, standard error says so once, and later lines are tried.
/// </remarks>
internal sealed class AuditFile : IAuditLog, IAsyncDisposable
{
    /// <summary>The most bytes of one file.</summary>
    public const long FileBytesMax = 64 << 20;

    /// <summary>The most lines that wait.</summary>
    public const int WaitingMax = 16_384;

    private readonly Channel<AuditEntry> waiting = Channel.CreateBounded<AuditEntry>(WaitingMax);
    private readonly string path;
    private readonly long fileBytesMax;
    private readonly Task writing;
    private long leftOut;
    private bool hasComplained;

    private AuditFile(string path, long fileBytesMax)
    {
        (this.path, this.fileBytesMax) = (path, fileBytesMax);
        writing = Task.Run(WriteAllAsync);
    }

    /// <summary>Opens a file, or goes on with it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fileBytesMax">The most bytes of one file; a single piece that is larger has a file of its own.</param>
    /// <exception cref="UsageException">It cannot be written.</exception>
    public static AuditFile Open(string path, long fileBytesMax = FileBytesMax)
    {
        try
        {
            using (new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read))
            {
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--audit-log {path} cannot be written: {e.Message}");
        }

        return new AuditFile(path, fileBytesMax);
    }

    /// <inheritdoc/>
    public void Write(AuditEntry entry)
    {
        if (!waiting.Writer.TryWrite(entry))
            Interlocked.Increment(ref leftOut);
    }

    /// <summary>Writes what waits; what comes later is left out.</summary>
    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await writing;
    }

    private async Task WriteAllAsync()
    {
        var lines = new StringBuilder();
        while (await waiting.Reader.WaitToReadAsync())
        {
            lines.Clear();
            while (lines.Length < 1 << 20 && waiting.Reader.TryRead(out var entry))
                lines.Append(Line(entry)).Append('\n');
            if (Interlocked.Exchange(ref leftOut, 0) is > 0 and var count)
                lines.Append(CultureInfo.InvariantCulture, $"{{\"leftOut\":{count}}}\n");
            Append(Encoding.UTF8.GetBytes(lines.ToString()));
        }
    }

    private void Append(byte[] bytes)
    {
        try
        {
            if (File.Exists(path) && new FileInfo(path).Length + bytes.Length > fileBytesMax)
                File.Move(path, path + ".1", overwrite: true);
            using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
            file.Write(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!hasComplained)
                Console.Error.WriteLine($"the audit log {path} cannot be written, and lines are lost: {e.Message}");
            hasComplained = true;
        }
    }

    private static string Line(AuditEntry entry)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("at", entry.At.UtcDateTime);
            json.WriteString("node", entry.Node);
            json.WriteString("user", entry.User);
            json.WriteString("from", entry.From);
            json.WriteString("method", entry.Method);
            json.WriteString("on", entry.On);
            json.WriteString("outcome", entry.Outcome);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
