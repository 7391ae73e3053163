using System.Buffers.Binary;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Quorate.Benchmarks.Coordination;

/// <summary>What one run of h2load measured.</summary>
/// <param name="PerSecond">Requests a second.</param>
/// <param name="MeanMs">The mean time of a request, in milliseconds.</param>
/// <param name="P99Ms">The time that one request of a hundred exceeds, in milliseconds.</param>
internal readonly record struct Figures(double PerSecond, double MeanMs, double P99Ms);

/// <summary>A load of one framed message, posted again and again by h2load.</summary>
/// <param name="Name">For the report.</param>
/// <param name="Path">The method.</param>
/// <param name="Message">The protobuf bytes.</param>
/// <param name="Connections">How many connections.</param>
/// <param name="Streams">How many requests in flight on each.</param>
/// <param name="Requests">How many requests in all.</param>
internal sealed record Load(string Name, string Path, byte[] Message, int Connections, int Streams, int Requests)
{
    private static readonly Regex Rate = new(@"finished in .*?, ([\d.]+) req/s", RegexOptions.CultureInvariant);
    private static readonly Regex Good = new(@"(\d+) succeeded, (\d+) failed, (\d+) errored", RegexOptions.CultureInvariant);
    private static readonly Regex Times = new(@"time for request:\s+\S+\s+\S+\s+([\d.]+)(us|ms|s)\s", RegexOptions.CultureInvariant);

    public static Load Put(int connections, int streams, int requests) => new(
        $"puts, {connections * streams} in flight", "/etcdserverpb.KV/Put", [0x0a, 9, .. "bench/key"u8, 0x12, 0x80, 0x02, .. new byte[256].Select(_ => (byte)'x')],
        connections, streams, requests);

    public static Load Read(int connections, int streams, int requests) => new(
        $"linearizable reads, {connections * streams} in flight", "/etcdserverpb.KV/Range", [0x0a, 9, .. "bench/key"u8], connections, streams, requests);

    // RangeRequest.serializable is field 7.
    public static Load Serializable(int connections, int streams, int requests) => new(
        $"serializable reads, {connections * streams} in flight", "/etcdserverpb.KV/Range", [0x0a, 9, .. "bench/key"u8, 0x38, 1], connections, streams, requests);

    /// <summary>The most requests that each connection begins in a second; 0 for as many as are answered.</summary>
    public int PerSecondMax { get; init; }

    public async Task<Figures> RunAsync(string endpoint)
    {
        var (body, times) = (System.IO.Path.GetTempFileName(), System.IO.Path.GetTempFileName());
        try
        {
            var frame = new byte[5 + Message.Length];
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), Message.Length);
            Message.CopyTo(frame, 5);
            await File.WriteAllBytesAsync(body, frame);
            var output = await Tool.RunAsync(
                "h2load", "-c", $"{Connections}", "-m", $"{Streams}", "-n", $"{Requests}", "-d", body, $"--log-file={times}", $"--rps={PerSecondMax}",
                "-H", "content-type: application/grpc", "-H", "te: trailers", $"http://{endpoint}{Path}");
            return Parse(output, await File.ReadAllLinesAsync(times));
        }
        finally
        {
            File.Delete(body);
            File.Delete(times);
        }
    }

    private Figures Parse(string output, string[] times)
    {
        var good = Good.Match(output);
        if (!good.Success || int.Parse(good.Groups[1].Value, CultureInfo.InvariantCulture) != Requests)
            throw new InvalidOperationException($"h2load did not succeed:\n{output}");
        var mean = Times.Match(output);
        var unit = mean.Groups[2].Value switch { "us" => 0.001, "ms" => 1.0, _ => 1000.0 };
        var sorted = times.Select(line => int.Parse(line.Split('\t')[2], CultureInfo.InvariantCulture)).Order().ToArray();
        return new Figures(Number(Rate.Match(output)), Number(mean) * unit, sorted[(sorted.Length - 1) * 99 / 100] / 1000.0);
    }

    private static double Number(Match match) => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
}
