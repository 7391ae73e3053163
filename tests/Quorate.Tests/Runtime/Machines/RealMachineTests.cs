using Quorate.Kernel.Machines;
using Quorate.Runtime.Machines;
using Quorate.Runtime.Telemetry;

namespace Quorate.Tests.Runtime.Machines;

public sealed class RealMachineTests
{
    [Fact]
    public async Task Without_a_data_folder_there_is_no_disk()
    {
        await using var machine = new RealMachine(new RealMachineOptions { Name = "m" });
        Assert.Throws<InvalidOperationException>(() => machine.Disk);
        Assert.Same(TimeProvider.System, machine.Clock);
        Assert.Equal("m", machine.Name);
    }

    [Fact]
    public async Task Telemetry_below_the_least_severity_is_dropped_and_a_broken_sink_harms_nobody()
    {
        var seen = new List<TelemetryEvent>();
        await using var machine = new RealMachine(new RealMachineOptions
        {
            Name = "m",
            TelemetryLeast = Severity.Warning,
            Telemetry = e =>
            {
                seen.Add(e);
                throw new InvalidOperationException("broken sink");
            },
        });
        Assert.False(machine.Telemetry.IsEnabled(Severity.Information));
        Assert.True(machine.Telemetry.IsEnabled(Severity.Error));
        machine.Telemetry.Record(Severity.Information, "c", "dropped");
        machine.Telemetry.Record(Severity.Error, "c", "kept");
        var kept = Assert.Single(seen);
        Assert.Equal(("m", "c", "kept", Severity.Error), (kept.Machine, kept.Component, kept.Text, kept.Severity));
    }

    [Fact]
    public void A_machine_needs_a_name() =>
        Assert.ThrowsAny<ArgumentException>(() => new RealMachine(new RealMachineOptions { Name = " " }));

    [Fact]
    public void A_data_folder_that_cannot_be_made_is_an_error() =>
        Assert.ThrowsAny<IOException>(() => new RealMachine(new RealMachineOptions { Name = "m", DataFolder = "/dev/null/x" }));

    [Fact]
    public async Task Randomness_serves_many_threads_at_once()
    {
        await using var machine = new RealMachine(new RealMachineOptions { Name = "m" });
        var drawn = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            () => Enumerable.Range(0, 10_000).Select(_ => machine.Random.NextInt64()).ToArray())));
        Assert.Equal(40_000, drawn.SelectMany(d => d).Distinct().Count());
    }
}
