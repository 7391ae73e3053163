using System.Text.Json;
using Quorate.Cli.Nodes;
using Quorate.Services.Coordination.Authentication;

namespace Quorate.Scenarios.Cli;

/// <summary>The audit log as a file.</summary>
public sealed class AuditFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("quorate-audit-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_full_file_gives_way_to_a_new_one_and_the_one_before_stays()
    {
        var path = Path.Combine(folder, "audit");
        for (var run = 0; run < 30; run++)
        {
            // A clean stop writes what waits, and the next start goes on behind it.
            await using var file = AuditFile.Open(path, fileBytesMax: 1000);
            file.Write(Entry(run));
        }

        Assert.InRange(new FileInfo(path).Length, 1, 1000);
        Assert.InRange(new FileInfo(path + ".1").Length, 1, 1000);
        var kept = Users(path + ".1").Concat(Users(path)).ToList();
        Assert.Equal(Enumerable.Range(30 - kept.Count, kept.Count).Select(i => $"user {i}"), kept);
        Assert.InRange(kept.Count, 4, 29);
    }

    [Fact]
    public async Task Lines_are_in_order_and_none_is_lost_at_a_clean_stop()
    {
        var path = Path.Combine(folder, "audit");
        await using (var file = AuditFile.Open(path))
        {
            for (var i = 0; i < 5000; i++)
                file.Write(Entry(i));
        }

        Assert.Equal(Enumerable.Range(0, 5000).Select(i => $"user {i}"), Users(path));
    }

    private static IEnumerable<string?> Users(string path) =>
        File.ReadLines(path).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("user").GetString());

    private static AuditEntry Entry(int i) => new(DateTimeOffset.UnixEpoch, "n1", $"user {i}", "127.0.0.1", "Put", "a key", "permission denied");
}
